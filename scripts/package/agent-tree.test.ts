// What is shipped is made from real parts: the bundle, the licences of what is in it, the list for other programs.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { type Bundle, makeBundle } from './agent-tree.ts';
import { noticesOf } from './licences.ts';
import { sbomOf } from './sbom.ts';
import { sha256Of } from './sha256.ts';
import { targets } from './targets.ts';

let folder = '';
let bundle: Bundle;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fettle-bundle-'));
  bundle = await makeBundle(join(folder, 'one'), '9.8.7');
});
afterAll(() => rmSync(folder, { recursive: true }));

const hashesOf = async ({ folder: place }: Bundle) => {
  const files = readdirSync(place, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name));
  return Promise.all(paths.toSorted().map(async (path) => [relative(place, path), await sha256Of(path)]));
};

it('says the version that it was made with', () => {
  const { stdout } = spawnSync(process.execPath, [join(bundle.folder, 'agent.js'), 'version'], { encoding: 'utf8' });
  expect(stdout).toContain('fettle-agent 9.8.7 (');
});

it('is the same bytes wherever it is made', async () => {
  const again = await makeBundle(join(folder, 'deeper', 'two'), '9.8.7');
  expect(await hashesOf(again)).toStrictEqual(await hashesOf(bundle));
});

it('comes with the licence of every package in it', () => {
  expect(bundle.parts.map(({ name }) => name)).toContain('ws');
  const notices = noticesOf(bundle.parts);
  for (const { name, version, license } of bundle.parts) expect(notices).toContain(`${name} ${version} (${license})`);
  expect(notices).toContain('Permission is hereby granted');
  // the schemas' library is replaced by validators made of them
  expect(bundle.parts.map(({ name }) => name)).not.toContain('zod');
});

it('has a list of its parts, with the hash of each Node, that is the same each time', () => {
  const product = { name: 'fettle-agent', version: '9.8.7', epochS: 1_700_000_000, parts: bundle.parts, targets };
  const sbom = sbomOf(product);
  expect(sbom.components).toHaveLength(bundle.parts.length + targets.length);
  expect(sbom.metadata.timestamp).toBe('2023-11-14T22:13:20.000Z');
  expect(sbom.serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(sbomOf({ ...product, epochS: 0 }).serialNumber).toBe(sbom.serialNumber);
  expect(sbomOf({ ...product, version: '9.8.8' }).serialNumber).not.toBe(sbom.serialNumber);
  expect(readFileSync(join(bundle.folder, 'agent.js'), 'utf8')).not.toContain(folder);
});

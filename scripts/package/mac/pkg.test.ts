// A small package, read back by what needs no tools; `npm run test:mac` reads whole ones with those of others.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, inflateSync } from 'node:zlib';

import { afterAll, describe, expect, it } from 'vitest';

import { agentFlagsOn } from '../../build/agent.ts';
import { readBom } from '../../mac/read-bom.ts';
import { textEntry } from '../tree.ts';
import { billOfMaterials } from './bom.ts';
import { cksum } from './cksum.ts';
import { gzippedCpio } from './cpio.ts';
import { itemsOf } from './entries.ts';
import { writePkg } from './pkg.ts';

const EPOCH_S = 1_700_000_000;
const folder = mkdtempSync(join(tmpdir(), 'fettle-pkg-'));
afterAll(() => rmSync(folder, { recursive: true }));

const packaged = async (name: string, version = '1.2.3') => {
  const file = join(folder, name);
  const agent = [textEntry('node', 'not really', 0o755), textEntry('agent.js', 'run()')];
  await writePkg(file, { agent, version, architecture: 'arm64', epochS: EPOCH_S });
  return readFileSync(file);
};

describe('the checksum of the bill of materials', () => {
  it.each(['', 'a', 'fettle\n', 'ü'.repeat(70_000)])('is that of cksum(1)', (text) => {
    const file = join(folder, 'summed');
    writeFileSync(file, text);
    expect(`${cksum(Buffer.from(text))}`).toBe(execFileSync('cksum', [file], { encoding: 'utf8' }).split(' ')[0]);
  });
});

describe('the bill of materials', () => {
  const many = Array.from({ length: 600 }, (_, index) => textEntry(`a/${index % 7}/${index}`, `${index}`));

  it.each([
    ['a few files', many.slice(0, 3)],
    ['a leaf that is just full', many.slice(0, 247)],
    ['several leaves', many],
  ])('of %s lists what there is', (_, entries) => {
    const items = itemsOf(entries);
    const listed = readBom(billOfMaterials(items, EPOCH_S));
    expect(listed.map(({ path }) => path)).toEqual(items.map(({ path }) => path));
    for (const [index, { mode, sizeBytes, kind, owner, group, modifiedS }] of listed.entries()) {
      const { file, ...item } = items[index] ?? { mode: 0 };
      expect({ mode, sizeBytes, kind }).toEqual({
        mode: item.mode,
        sizeBytes: file?.sizeBytes ?? 0,
        kind: file ? 'file' : 'folder',
      });
      expect([owner, group, modifiedS]).toEqual([0, 0, EPOCH_S]);
    }
  });
});

describe('what is packed', () => {
  it('has each folder before what is in it', () => {
    const paths = itemsOf([textEntry('b/c', ''), textEntry('a', ''), textEntry('b/a/d', '')]).map(({ path }) => path);
    expect(paths).toEqual(['.', './a', './b', './b/a', './b/c', './b/a/d']);
  });

  it('is refused when a path stands twice', () => {
    expect(() => itemsOf([textEntry('a/b', '1'), textEntry('a/b', '2')])).toThrow('a/b is in the package twice');
  });

  it('is refused when it changes meanwhile', async () => {
    const file = { sizeBytes: 3, read: () => Buffer.from('four') };
    await expect(gzippedCpio([{ path: './a', mode: 0o100_644, file }], 0)).rejects.toThrow('./a changed');
  });

  it('ends with the trailer of cpio, and says nothing of the machine it was made on', async () => {
    const packed = await gzippedCpio(itemsOf([textEntry('a', 'text')]), EPOCH_S);
    expect(gunzipSync(packed).toString('latin1')).toContain('TRAILER!!!\0');
    expect(packed.readUInt32LE(4)).toBe(0); // the time of gzip
  });
});

describe('a package', () => {
  it('is the same bytes twice, and others for another version', async () => {
    const [one, again, other] = [await packaged('a.pkg'), await packaged('b.pkg'), await packaged('c.pkg', '1.2.4')];
    expect(one.equals(again)).toBe(true);
    expect(one.equals(other)).toBe(false);
  });

  it('has a table of contents that says what it is', async () => {
    const bytes = await packaged('a.pkg');
    const packedBytes = Number(bytes.readBigUInt64BE(8));
    const contents = inflateSync(bytes.subarray(28, 28 + packedBytes)).toString('utf8');
    expect(contents).toHaveLength(Number(bytes.readBigUInt64BE(16)));
    expect(contents).toContain('<creation-time>2023-11-14T22:13:20Z</creation-time>');
    for (const name of ['Distribution', 'fettle-agent.pkg', 'Bom', 'Payload', 'Scripts', 'PackageInfo'])
      expect(contents).toContain(`<name>${name}</name>`);
  });
});

describe("launchd's plist", () => {
  it('starts Node as it was measured', () => {
    const plist = readFileSync(
      join(import.meta.dirname, '../../../agent/packaging/macos/com.fettle.agent.plist'),
      'utf8',
    );
    const words = [...plist.matchAll(/<string>(.*)<\/string>/g)].map(([, word]) => word);
    const command = ['/opt/fettle/node', ...agentFlagsOn('darwin'), '/opt/fettle/agent.js', 'run'];
    expect(words.slice(1, 1 + command.length)).toEqual(command);
  });
});

// What collectors remember: real files, of which any may be missing, broken or not to be written.
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, expect, it } from 'vitest';

import { folderMemory, readOnly } from './memory.ts';

const folder = mkdtempSync(join(tmpdir(), 'fettle-memory-'));
afterAll(() => rmSync(folder, { recursive: true }));

const memoryIn = (path: string) => {
  const problems: string[] = [];
  return { memory: folderMemory(path, (what) => problems.push(what)), problems };
};

it('is there for the next one, and readable by the owner alone', () => {
  const path = join(folder, 'own');
  memoryIn(path).memory.write('smart', { disks: [1, 2] });
  memoryIn(path).memory.write('smart', { disks: [3] });
  expect(memoryIn(path).memory.read('smart')).toEqual({ disks: [3] });
  expect(readdirSync(path)).toEqual(['smart.json']);
  expect([statSync(path).mode & 0o777, statSync(join(path, 'smart.json')).mode & 0o777]).toEqual([0o700, 0o600]);
});

it.each(['', '{"a":', '\0\0\0\0'])('%j in place of it is as good as none', (text) => {
  writeFileSync(join(folder, 'broken.json'), text);
  const { memory, problems } = memoryIn(folder);
  expect([memory.read('broken'), memory.read('none'), problems]).toEqual([undefined, undefined, []]);
  memory.write('broken', 1);
  expect(memory.read('broken')).toBe(1);
});

it('what cannot be kept is told and goes no further', () => {
  writeFileSync(join(folder, 'file'), '');
  const { memory, problems } = memoryIn(join(folder, 'file'));
  memory.write('smart', {});
  expect(problems).toEqual([expect.stringMatching(/file.smart\.json: (?:EEXIST|ENOTDIR)/)]);
});

it('who only looks changes nothing', () => {
  const { memory } = memoryIn(join(folder, 'looked-at'));
  memory.write('smart', 1);
  readOnly(memory).write('smart', 2);
  expect(readOnly(memory).read('smart')).toBe(1);
});

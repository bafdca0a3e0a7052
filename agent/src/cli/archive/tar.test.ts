// The real tar reads what we write.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { type ArchiveFile, tarGz } from './tar.ts';

const root = mkdtempSync(join(tmpdir(), 'fettle-tar-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const AT_MS = 1_795_418_771_000;

const unpack = (files: readonly ArchiveFile[]): string => {
  const folder = mkdtempSync(join(root, 'unpacked-'));
  writeFileSync(join(folder, 'a.tar.gz'), tarGz(files, AT_MS));
  const said = execFileSync('tar', ['-xzf', 'a.tar.gz'], { cwd: folder, stdio: 'pipe', encoding: 'utf8' });
  expect(said).toBe('');
  return folder;
};

describe('an archive', () => {
  it.each<[string, ArchiveFile]>([
    ['a file', { path: 'a.txt', content: 'hello\n' }],
    ['nothing', { path: 'empty', content: '' }],
    ['just a block', { path: 'block', content: 'x'.repeat(512) }],
    ['a byte more', { path: 'block', content: 'x'.repeat(513) }],
    ['bytes', { path: 'bytes', content: Uint8Array.from({ length: 256 }, (_, byte) => byte) }],
    ['a name of 100 bytes', { path: 'n'.repeat(100), content: 'x' }],
    ['a name of 101 bytes', { path: 'n'.repeat(101), content: 'x' }],
    ['a deep folder', { path: `${'0123456789/'.repeat(30)}end`, content: 'deep' }],
    ['other letters', { path: 'zurück/日本語/ñ', content: 'größer' }],
    ['other letters, and long', { path: `${'日本語/'.repeat(20)}ende`, content: 'größer' }],
  ])('with %s is unpacked as it was', (_what, file) => {
    const folder = unpack([file, { path: 'after', content: 'after' }]);
    expect(readFileSync(join(folder, file.path))).toEqual(Buffer.from(file.content));
    expect(readFileSync(join(folder, 'after'), 'utf8')).toBe('after');
  });

  it('has the time that it was told, and is for its owner alone', () => {
    const { mtimeMs, mode } = statSync(join(unpack([{ path: 'a', content: 'x' }]), 'a'));
    expect(mtimeMs).toBe(AT_MS);
    expect(mode & 0o777).toBe(0o600);
  });

  it('holds names of every length', () => {
    const names = Array.from({ length: 140 }, (_, more) => 'n'.repeat(90 + more));
    const folder = unpack(names.map((path) => ({ path, content: path })));
    for (const name of names) expect(readFileSync(join(folder, name), 'utf8')).toBe(name);
  });
});

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { below, fileEntry, textEntry, writeTree } from './tree.ts';

const EPOCH_S = 1_700_000_000;
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fettle-tree-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('lays files down with the rights and times that they are given, and nothing that lay there before', () => {
  writeFileSync(join(folder, 'source'), 'from a file', { mode: 0o600 });
  const entries = [textEntry('run', '#!/bin/sh\n', 0o755), fileEntry('kept', join(folder, 'source'), 0o640)];
  const place = join(folder, 'tree');
  writeTree(place, [textEntry('old', '')], EPOCH_S);
  writeTree(place, below('opt/fettle', entries), EPOCH_S);
  const seen = ['', 'opt', 'opt/fettle', 'opt/fettle/run', 'opt/fettle/kept'].map((path) => {
    const { mode, mtimeMs } = statSync(join(place, path));
    return [path, mode & 0o7777, mtimeMs / 1000];
  });
  expect(seen).toStrictEqual([
    ['', 0o755, EPOCH_S],
    ['opt', 0o755, EPOCH_S],
    ['opt/fettle', 0o755, EPOCH_S],
    ['opt/fettle/run', 0o755, EPOCH_S],
    ['opt/fettle/kept', 0o640, EPOCH_S],
  ]);
  expect(readFileSync(join(place, 'opt/fettle/kept'), 'utf8')).toBe('from a file');
  expect(statSync(join(place, 'old'), { throwIfNoEntry: false })).toBeUndefined();
});

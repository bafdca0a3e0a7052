// The disk says no: nothing is acknowledged, nothing is lost, and it goes on by itself.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';

import type { WriterEvent } from './domain/event.ts';
import { NOW, aDataFolder, aDevice, aRecord, aTold, countingIds, freshFolder, openWriter } from './fixture.ts';

const open = () => {
  const parts = openWriter();
  const outcomes = (...events: readonly WriterEvent[]) =>
    parts.writer.commit(events, NOW).map(({ outcome }) => outcome.is);
  return { ...parts, outcomes };
};

const LONG = 'x'.repeat(400);
/** Enough that no page to spare takes them. */
const many = Array.from({ length: 64 }, (_, index) => aTold(index + 1, { instance: `/${index}/${LONG}` }));

describe('a full disk', () => {
  it('keeps nothing of the group, and all of it when there is space again', () => {
    const { fettle, outcomes, writer } = open();
    expect(outcomes(aTold(1))).toEqual(['done']);
    fettle.db.pragma(`max_page_count = ${Number(fettle.db.pragma('page_count', { simple: true })) + 1}`);
    const results = writer.commit([...many.slice(1), { type: 'due' }], NOW);
    expect(new Set(results.map(({ outcome }) => outcome.is))).toEqual(new Set(['unavailable']));
    expect(results.flatMap(({ feed }) => feed)).toEqual([]);
    expect(results[0]?.outcome).toMatchObject({ message: /full/ });
    expect(fettle.marks.get('d_1')?.seq).toBe(1);
    expect(fettle.alerts.openOf('d_1')).toHaveLength(1);

    fettle.db.pragma('max_page_count = 1000000');
    expect(new Set(outcomes(...many.slice(1)))).toEqual(new Set(['done']));
    expect(fettle.marks.get('d_1')?.seq).toBe(many.length);
    expect(fettle.alerts.openOf('d_1')).toHaveLength(many.length);
  });

  it('for readings makes the writer forget what it had thought to be there', () => {
    const { metrics, outcomes } = open();
    const aSet = { type: 'series set', device: 'd_1', hash: 'h', series: [] } as const;
    const batch = (seq: number, bytes: number): WriterEvent => ({
      type: 'batch',
      device: 'd_1',
      epoch: 'epoch-1',
      seq,
      t0Ms: NOW,
      setHash: 'h',
      block: new Uint8Array(bytes),
    });
    metrics.db.pragma(`max_page_count = ${Number(metrics.db.pragma('page_count', { simple: true })) + 1}`);
    expect(outcomes(aSet, batch(1, 8), batch(2, 100_000))).toEqual(['held', 'held', 'held']);
    metrics.db.pragma('max_page_count = 1000000');
    expect(outcomes(batch(1, 8))).toEqual(['held']);
    expect(outcomes({ type: 'look for room' })).toEqual(['done']);
    // the set went with the group: who has not announced it anew is told so
    expect(outcomes(batch(1, 8))).toEqual(['unavailable']);
    expect(outcomes(aSet, batch(1, 8), batch(2, 100_000))).toEqual(['done', 'done', 'done']);
  });
});

describe('a disk that turns read-only in the middle of a group', () => {
  it('keeps nothing of what came before in it, and takes all of it later', () => {
    const newId = countingIds();
    const { fettle, writer } = openWriter(aDataFolder(), (letter) => {
      if (letter === 't') fettle.db.pragma('query_only = ON');
      return newId(letter);
    });
    const group = [aRecord(1, { kind: 'gap', at: NOW, from: 1, count: 1, reason: 'disk_full' }), aTold(2)];
    const outcomes = () => writer.commit(group, NOW).map(({ outcome }) => outcome.is);
    expect(outcomes()).toEqual(['unavailable', 'unavailable']);
    expect([fettle.db.inTransaction, fettle.devices.get('d_1')?.lostRecords]).toEqual([false, 0]);
    fettle.db.pragma('query_only = OFF');
    fettle.devices.put(aDevice({ class: 'desktop' })); // whose disk alert needs no ticket
    expect(outcomes()).toEqual(['done', 'done']);
    expect(fettle.devices.get('d_1')?.lostRecords).toBe(1);
  });
});

describe('a database that another program holds', () => {
  it('makes the group wait for its turn', () => {
    const { fettle, outcomes } = open();
    fettle.db.pragma('busy_timeout = 20');
    const other = new Database(fettle.db.name);
    other.exec('BEGIN IMMEDIATE');
    expect(outcomes(aTold(1), aTold(2, { instance: '/home' }))).toEqual(['unavailable', 'unavailable']);
    other.exec('ROLLBACK');
    other.close();
    expect(outcomes(aTold(1), aTold(2, { instance: '/home' }))).toEqual(['done', 'done']);
    expect(fettle.alerts.openOf('d_1')).toHaveLength(2);
  });
});

const url = (file: string): string => JSON.stringify(pathToFileURL(join(import.meta.dirname, file)).href);

/** Fills a real volume of 4 MiB to the last byte, writes, makes space, writes the same again. */
const ON_A_FULL_VOLUME = (folder: string): string => `
  import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
  const [{ openFettle }, { openMetrics }, { Writer }, { timesAt }, { ruleBookAt }] = await Promise.all([
    import(${url('store/fettle.ts')}), import(${url('store/metrics.ts')}), import(${url('writer.ts')}),
    import(${url('domain/times.ts')}), import(${url('domain/rule-book.ts')}),
  ]);
  const folder = ${JSON.stringify(folder)};
  const [fettle, metrics] = [openFettle(folder), openMetrics(folder)];
  let ids = 0;
  const pace = { divisor: 1 };
  const newId = (letter) => letter + '_' + ++ids;
  const writer = new Writer({ fettle, metrics, times: timesAt(pace), book: ruleBookAt(pace), newId });
  const commit = (...events) => [...new Set(writer.commit(events, 1).map(({ outcome }) => outcome.is))];
  const place = { device: 'd', epoch: 'e' };
  const batch = (seq) => ({ type: 'batch', ...place, seq, t0Ms: seq, setHash: 'h', block: new Uint8Array(100_000) });
  const all = [{ type: 'series set', device: 'd', hash: 'h', series: [] }, batch(2), batch(3), batch(4), batch(5)];
  const before = commit({ ...all[0] }, batch(1));
  const filler = openSync(folder + '/filler', 'w');
  let error;
  for (let size = 65_536; size > 0;) {
    try { writeSync(filler, new Uint8Array(size)); } catch (cause) { error = cause.code; size >>= 1; }
  }
  const full = commit(...all);
  const proof = [commit({ type: 'prove writing' })];
  const kept = metrics.db.prepare('SELECT seq FROM hot ORDER BY seq').all().map(({ seq }) => seq);
  closeSync(filler);
  rmSync(folder + '/filler');
  proof.push(commit({ type: 'prove writing' }), commit(all[0]), commit({ type: 'look for room' }));
  const again = commit(...all);
  const check = metrics.db.pragma('integrity_check', { simple: true });
  const seqs = metrics.db.prepare('SELECT seq FROM hot ORDER BY seq').all().map(({ seq }) => seq);
  console.log(JSON.stringify({ error, before, full, proof, kept, again, seqs, check }));
`;

const canMount = process.getuid?.() === 0 && existsSync('/usr/bin/unshare');
const isSkipped = !canMount && process.env['FETTLE_CI'] !== '1';

describe.skipIf(isSkipped)(`a volume that is full${canMount ? '' : ' [skipped: needs root and unshare]'}`, () => {
  it('refuses the group for now, loses none of it, and takes it when there is space', { timeout: 30_000 }, () => {
    const folder = freshFolder();
    const script = 'mount -t tmpfs -o size=4m tmpfs "$1" && exec "$2" --input-type=module -e "$3"';
    const answer = execFileSync(
      'unshare',
      ['--mount', 'sh', '-c', script, 'sh', folder, process.execPath, ON_A_FULL_VOLUME(folder)],
      { encoding: 'utf8' },
    );
    expect(JSON.parse(answer)).toEqual({
      error: 'ENOSPC',
      before: ['done'],
      full: ['held'],
      proof: [['unavailable'], ['done'], ['held'], ['done']],
      kept: [1],
      again: ['done'],
      seqs: [1, 2, 3, 4, 5],
      check: 'ok',
    });
  });
});

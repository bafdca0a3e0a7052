// What is acknowledged is on the disk: shown by the calls that a real process makes of the kernel.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { describe, expect, it } from 'vitest';

import { NOW, freshFolder } from '../fixture.ts';

const GROUPS = 20;

const url = (file: string): string => JSON.stringify(pathToFileURL(join(import.meta.dirname, file)).href);

/** Each group has an event for both files, and is acknowledged on standard output before the next begins. */
const LOOP = `
  import { writeSync } from 'node:fs';
  const actor = { kind: 'system', id: 'system', name: 'Fettle', tenants: 'all' };
  const group = (n) => [
    { type: 'create site', actor, tenant: 't' + n, tenantName: 'T', prefix: 'T' + n, site: 's' + n, siteName: 'S' },
    { type: 'series set', device: 'd_1', hash: 'h' + n, series: [] },
  ];
  for (let n = 1; n <= ${GROUPS}; n += 1) {
    const outcomes = await commit(group(n));
    writeSync(1, 'ack ' + n + ' ' + outcomes.map(({ is }) => is).join() + '\\n');
  }
`;

/** The writer as the server has it, in its thread. */
const asInTheServer = (folder: string): string => `
  import { startThreads } from ${url('start.ts')};
  const threads = await startThreads({ folder: ${JSON.stringify(folder)}, divisor: 1 }, (e) => { throw e; }, () => {});
  const commit = (events) => Promise.all(events.map((event) => threads.commit(event)));
  ${LOOP}
  await threads.close();
`;

/** The same writer, on connections that leave the time of writing to the kernel. */
const withoutFull = (folder: string): string => `
  import { openFettle } from ${url('../store/fettle.ts')};
  import { openMetrics } from ${url('../store/metrics.ts')};
  import { Writer } from ${url('../writer.ts')};
  const [fettle, metrics] = [openFettle(${JSON.stringify(folder)}), openMetrics(${JSON.stringify(folder)})];
  for (const { db } of [fettle, metrics]) db.pragma('synchronous = NORMAL');
  const writer = new Writer({ fettle, metrics });
  const commit = (events) => writer.commit(events, ${NOW}).map(({ outcome }) => outcome);
  ${LOOP}
`;

type Call = { readonly name: 'ack' | 'sync'; readonly what: string };

/** Acknowledgements and syncs of the two logs, in the order in which they came to the kernel. */
const callsOf = (script: (folder: string) => string): readonly Call[] => {
  const [trace, file] = [join(freshFolder(), 'trace'), join(freshFolder(), 'program.mjs')];
  writeFileSync(file, script(freshFolder()));
  execFileSync('strace', ['-f', '-y', '-e', 'trace=fsync,fdatasync,write', '-o', trace, process.execPath, file]);
  return readFileSync(trace, 'utf8').split('\n').flatMap(callIn);
};

const callIn = (line: string): readonly Call[] => {
  const [, ack] = /write\(1<.*"ack (\d+ [a-z,]+)\\n"/.exec(line) ?? [];
  if (ack !== undefined) return [{ name: 'ack', what: ack }];
  const [, file] = /f(?:data)?sync\(\d+<.*\/(\w+\.db-wal)>/.exec(line) ?? [];
  return file === undefined ? [] : [{ name: 'sync', what: file }];
};

/** For each acknowledgement the syncs of logs since the one before it, each as often as it came. */
const syncedBefore = (calls: readonly Call[]): readonly string[] => {
  const groups: string[] = [];
  let synced: string[] = [];
  for (const { name, what } of calls) {
    if (name === 'sync') synced.push(what);
    else {
      groups.push(`${what}: ${synced.toSorted().join(' ')}`);
      synced = [];
    }
  }
  return groups;
};

const canTrace = process.platform === 'linux' && existsSync('/usr/bin/strace');
const isSkipped = !canTrace && process.env['FETTLE_CI'] !== '1';

describe.skipIf(isSkipped)(`what is acknowledged${canTrace ? '' : ' [skipped: needs strace]'}`, () => {
  it('is on the disk before: both logs are synced for each group, and each of them once', { timeout: 30_000 }, () => {
    const expected = Array.from({ length: GROUPS }, (_, n) => `${n + 1} done,done: fettle.db-wal metrics.db-wal`);
    const [first = '', ...others] = syncedBefore(callsOf(asInTheServer));
    // a log that is new is synced with its header, too, and so is what opening it has written
    expect(first).toMatch(/^1 done,done: (?:fettle\.db-wal )+(?:metrics\.db-wal ?)+$/);
    expect(others).toEqual(expected.slice(1));
  });

  it('would not be without synchronous=FULL, so the count means something', { timeout: 30_000 }, () => {
    const calls = callsOf(withoutFull);
    expect(calls.filter(({ name }) => name === 'ack')).toHaveLength(GROUPS);
    const sinceFirst = calls.slice(calls.findIndex(({ name }) => name === 'ack')); // without what making the files has synced
    expect(sinceFirst.filter(({ name }) => name === 'sync').length).toBeLessThan(GROUPS - 1);
  });
});

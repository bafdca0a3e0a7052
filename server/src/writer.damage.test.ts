// Files that break, vanish or are held by others while the server runs: nothing is acknowledged that could be lost, the log is told
// what to do, and what was acknowledged before is there.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { describe, expect, it } from 'vitest';

import { missing, needs } from '../../test/support/needs.ts';
import type { WriterEvent } from './domain/event.ts';
import { NOW, aTold, freshFolder, openStores, openWriter } from './fixture.ts';

const open = () => {
  const stores = openWriter();
  const commit = (...events: readonly WriterEvent[]) => stores.writer.commit(events, NOW)[0]?.outcome;
  return { ...stores, commit };
};

const alertsIn = (folder: string): number => {
  const { fettle, close } = openStores(folder);
  const count = fettle.alerts.openOf('d_1').length;
  expect(fettle.db.pragma('integrity_check', { simple: true })).toBe('ok');
  close();
  return count;
};

describe('a file that is taken away under the server', { timeout: 30_000 }, () => {
  it.each([
    ['the log is deleted', (path: string) => rmSync(`${path}-wal`), '-wal was taken away or replaced'],
    ['the log is replaced by another', (path: string) => replace(`${path}-wal`), '-wal was taken away or replaced'],
    ['the database is moved away', (path: string) => renameSync(path, `${path}.old`), '.db was taken away or replaced'],
  ])('%s: no group is acknowledged any more, and what was before is there after a start', (name, take, message) => {
    const { folder, fettle, commit, close } = open();
    for (let seq = 1; seq <= 3; seq += 1) expect(commit(aTold(seq, { instance: `/${seq}` }))).toEqual({ is: 'done' });
    take(fettle.db.name);
    for (const seq of [4, 5]) {
      const outcome = commit(aTold(seq, { instance: `/${seq}` }));
      expect(outcome).toMatchObject({ is: 'unavailable', code: 'FILE_GONE' });
      expect(outcome).toMatchObject({ message: expect.stringContaining(message) as unknown });
    }
    close();
    if (name.includes('moved')) renameSync(`${fettle.db.name}.old`, fettle.db.name);
    for (const part of ['-wal', '-shm']) rmSync(`${fettle.db.name}${part}`, { force: true });
    expect(alertsIn(folder)).toBeGreaterThanOrEqual(3);
  });

  const replace = (path: string): void => {
    rmSync(path);
    writeFileSync(path, '');
  };
});

describe('a database that breaks under the server', { timeout: 30_000 }, () => {
  const spoil = (path: string): void => {
    const bytes = readFileSync(path);
    for (let page = 1; page * 4_096 < bytes.length; page += 1) bytes.fill(0x55, page * 4_096, page * 4_096 + 64);
    writeFileSync(path, bytes);
  };

  it.each([
    ['its pages are overwritten', spoil],
    ['it is cut off', (path: string) => truncateSync(path, 8_192)],
  ])('%s: nothing is written any more, and the message says how to restore', (_name, breakIt) => {
    const { fettle, commit } = open();
    commit(aTold(1));
    fettle.db.pragma('wal_checkpoint(TRUNCATE)');
    breakIt(fettle.db.name);
    fettle.db.pragma('cache_size = 1');
    fettle.db.pragma('shrink_memory');
    const left = readFileSync(fettle.db.name);
    for (const seq of [2, 3]) {
      const outcome = commit(aTold(seq, { instance: `/${seq}` }));
      expect(outcome).toMatchObject({
        is: 'unavailable',
        message: expect.stringMatching(/fettle\.db is damaged.*fettle-server restore/) as unknown,
      });
    }
    expect(readFileSync(fettle.db.name).equals(left)).toBe(true);
  });

  it('and was found to be so by a backup: agents keep everything from then on', () => {
    const { commit, fettle } = open();
    expect(commit({ type: 'stop writing', why: 'fettle.db, pages: damaged' })).toEqual({ is: 'done' });
    expect(commit(aTold(1))).toEqual({ is: 'unavailable', code: 'DAMAGED', message: 'fettle.db, pages: damaged' });
    expect(fettle.marks.get('d_1')).toBeUndefined();
  });
});

describe('a database that another program holds', { timeout: 30_000 }, () => {
  /** In a process of its own. */
  const hold = async (path: string, forMs: number) => {
    const code = `import { createRequire } from 'node:module';
      const Database = createRequire(${JSON.stringify(import.meta.url)})('better-sqlite3');
      const db = new Database(process.argv[1]);
      db.exec('BEGIN IMMEDIATE');
      console.log('held');
      setTimeout(() => process.exit(), Number(process.argv[2]));`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', code, path, String(forMs)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    return child;
  };

  it('for 3 s is waited for; for longer nothing is taken, and all of it when it lets go', async () => {
    const { fettle, folder, commit, close } = open();
    await hold(fettle.db.name, 3_000);
    expect(commit(aTold(1))).toEqual({ is: 'done' });
    const long = await hold(fettle.db.name, 30_000);
    const startedMs = performance.now();
    expect(commit(aTold(2, { instance: '/2' }))).toMatchObject({ is: 'unavailable', code: 'SQLITE_BUSY' });
    expect(performance.now() - startedMs).toBeLessThan(10_000);
    long.kill('SIGKILL');
    await once(long, 'exit');
    expect(commit(aTold(2, { instance: '/2' }))).toEqual({ is: 'done' });
    close();
    expect(alertsIn(folder)).toBe(2);
  });
});

const { skip, why } = missing(needs.linux, needs.cc);

/** Answers EIO to every sync of a database or its log while a file of the name in FAULT_FLAG is there. */
const LIBRARY = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static int fails(int fd) {
  const char *flag = getenv("FAULT_FLAG");
  char name[64], path[4096];
  if (flag == NULL || access(flag, F_OK) != 0) return 0;
  snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(name, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return strstr(path, ".db") != NULL;
}
int fsync(int fd) {
  if (fails(fd)) { errno = EIO; return -1; }
  return ((int (*)(int)) dlsym(RTLD_NEXT, "fsync"))(fd);
}
int fdatasync(int fd) {
  if (fails(fd)) { errno = EIO; return -1; }
  return ((int (*)(int)) dlsym(RTLD_NEXT, "fdatasync"))(fd);
}
`;

/** The threads as the server has them. Says what became of each group; the flag comes and goes between. */
const PROGRAM = (folder: string, flag: string): string => `
  import { rmSync, writeFileSync } from 'node:fs';
  import { startThreads } from ${JSON.stringify(pathToFileURL(join(import.meta.dirname, 'thread/start.ts')).href)};
  const threads = await startThreads({ folder: ${JSON.stringify(folder)}, divisor: 1 }, (e) => { throw e; }, () => {});
  const actor = { kind: 'system', id: 'system', name: 'Fettle', tenants: 'all' };
  const aSite = (n) => ({ type: 'create site', actor, tenant: 't' + n, tenantName: 'T', prefix: 'T' + n, site: 's' + n, siteName: 'S' });
  const aSet = (n) => ({ type: 'series set', device: 'd_1', hash: 'h' + n, series: [] });
  const said = [];
  for (let n = 0; n < 90; n += 1) {
    if (n % 30 === 10) writeFileSync(${JSON.stringify(flag)}, '');
    if (n % 30 === 20) rmSync(${JSON.stringify(flag)});
    const outcomes = await Promise.all([aSite(n), aSet(n)].map((event) => threads.commit(event)));
    said.push(outcomes.map(({ is, code }) => is + (code ?? '')).join());
  }
  console.log(JSON.stringify(said));
  process.kill(process.pid, 'SIGKILL');
`;

describe.skipIf(skip)(`a disk that fails to sync${why}`, () => {
  it(
    'has nothing acknowledged that is not there after a kill, and goes on by itself',
    { timeout: 30_000 },
    async () => {
      const folder = freshFolder();
      const place = freshFolder();
      const [source, library] = [join(place, 'fault.c'), join(place, 'fault.so')];
      const [flag, program] = [join(place, 'flag'), join(place, 'program.mjs')];
      writeFileSync(source, LIBRARY);
      writeFileSync(program, PROGRAM(folder, flag));
      execFileSync('/usr/bin/cc', ['-shared', '-fPIC', '-o', library, source, '-ldl']);
      const child = spawn(process.execPath, [program], {
        env: { ...process.env, LD_PRELOAD: library, FAULT_FLAG: flag },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let text = '';
      child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
      await once(child, 'close');
      const said = JSON.parse(text) as string[];
      expect(existsSync(flag)).toBe(false);
      const { fettle, metrics } = openStores(folder);
      for (const [n, outcome] of said.entries()) {
        const isFaulty = n % 30 >= 10 && n % 30 < 20;
        expect(outcome, `group ${n}`).toMatch(
          isFaulty ? /^unavailableSQLITE_IOERR\w*,unavailableSQLITE_IOERR/ : /^done,done$/,
        );
        if (isFaulty) continue;
        expect(fettle.tenants.site(`s${n}`), `group ${n}`).toBeDefined();
        expect(metrics.setWithUse(metrics.keyOf('d_1') ?? 0, `h${n}`), `group ${n}`).toBeDefined();
      }
      for (const { db } of [fettle, metrics]) expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    },
  );
});

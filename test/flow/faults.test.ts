// What a machine does to an agent and a server beside killing them: it stops them for a while, fills their disk, breaks it, puts the
// clock elsewhere, puts an old copy of the files back. Each time the contract holds: what was on the
// agent's disk takes effect once, and everything goes on by itself.
import { cpSync, existsSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { openAlerts } from '../../scripts/crash/stored.ts';
import { until } from '../../scripts/until.ts';
import { Mounts } from '../support/mounts.ts';
import { missing, needs } from '../support/needs.ts';
import { failingSync } from '../support/preload.ts';
import { type Trial, eachTrial } from '../support/trial.ts';

const FAKETIME = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1';
const faketime = { isMet: existsSync(FAKETIME), reason: 'needs libfaketime' };
const mounting = missing(needs.linux, needs.root);
const breaking = missing(needs.linux, needs.cc);
const shifting = missing(needs.linux, faketime);
/** A machine that was suspended, or a disk that held everything up: in this haste a minute takes a tenth of a second. */
const STOPPED_MS = 4_000;

/**
 * Two records with one number are a fork. It is seen by a new epoch, in which what was not acknowledged is told once more: the server
 * may take a fire and its resolve for another pair of the same.
 */
const FORK = /^two records have the number|stand in the lane twice$|^the alerts lane began|should have been opened/;
const isNoFork = (problem: string): boolean => !FORK.test(problem);

describe('agent and server on a machine that', () => {
  let trial: Trial;
  eachTrial((fresh) => (trial = fresh));

  it('stops the agent and then the server for a while: no alert is invented, none is lost', async () => {
    await trial.start();
    await trial.flipTo(0, 1);
    trial.couple.signalAgent('SIGSTOP');
    trial.want(1, 2, 3);
    await sleep(STOPPED_MS); // this long: what is meant is the time itself
    trial.couple.signalAgent('SIGCONT');
    await trial.settled();
    trial.couple.signalServer('SIGSTOP');
    trial.want(4);
    await sleep(STOPPED_MS);
    trial.couple.signalServer('SIGCONT');
    await trial.settled();
    expect(await trial.problems()).toEqual([]);
  });

  it('puts an old copy of the agent’s files back: nothing new is taken for something old', async () => {
    const copy = await trial.startAndCopy();
    trial.couple.startAgent();
    await trial.flipTo(1, 2);
    await trial.couple.killAgent();
    rmSync(trial.couple.agentFolder, { recursive: true });
    cpSync(copy, trial.couple.agentFolder, { recursive: true });
    trial.couple.startAgent();
    await trial.flipTo(3, 4, 5);
    await trial.flipTo(6);
    const problems = await trial.problems();
    expect(problems).toContainEqual(expect.stringContaining('the alerts lane began 2 times'));
    expect(problems.filter(isNoFork)).toEqual([]);
  });

  it('lets the agent keep nothing on the disk: alerts are told from memory, and that it is so is one of them', async () => {
    await trial.start();
    await trial.couple.killAgent();
    const spool = join(trial.couple.agentFolder, 'spool');
    rmSync(spool, { recursive: true });
    writeFileSync(spool, 'no folder');
    trial.couple.startAgent();
    const unsafe = () => openAlerts(trial.couple.serverFolder, 'spool.unsafe').map(({ instance }) => instance);
    await until('an alert for each lane', () => unsafe().join() === 'alerts,metrics', 40_000);
    await trial.flipTo(0, 1);
    rmSync(spool); // nobody tells the agent
    await until('a spool on the disk', () => existsSync(join(spool, 'alerts')), 60_000);
    await until('both to be resolved', () => unsafe().length === 0, 40_000);
    await trial.flipTo(2);
    // a spool in memory, and one that is empty, begin anew
    expect((await trial.problems()).filter(isNoFork)).toEqual([]);
  });

  describe.skipIf(mounting.skip)(`has a full disk${mounting.why}`, () => {
    it('alerts are told all the same, and it goes on by itself when there is space again', async () => {
      const mounts = new Mounts(trial.folder);
      const disk = mounts.mount('small', '-t', 'tmpfs', '-o', 'size=4m', 'tmpfs');
      try {
        await trial.start({ folder: disk });
        await trial.flipTo(0);
        const filler = join(disk, 'filler');
        const { bavail, bsize } = statfsSync(disk);
        writeFileSync(filler, new Uint8Array(bavail * bsize));
        await trial.flipTo(1, 2, 3);
        await trial.flipTo(4);
        rmSync(filler);
        await trial.flipTo(5, 6);
        await trial.couple.killAgent();
        trial.couple.startAgent({ folder: disk });
        await trial.flipTo(7);
        // what was in memory alone when it was killed had been told: to the server, it starts from an older copy of itself
        expect((await trial.problems()).filter(isNoFork)).toEqual([]);
      } finally {
        await trial.remove();
        mounts.remove();
      }
    });
  });

  it.skipIf(!needs.linux.isMet)('lets no file grow beyond a limit: alerts are told all the same', async () => {
    // 64 blocks of 512 or 1,024 bytes: dash and bash differ
    await trial.start({ under: ['/bin/sh', '-c', 'ulimit -f 64; exec "$@"', 'sh'] });
    for (let round = 0; round < 6; round += 1) await trial.flipTo(round, round + 1, round + 2, round + 3);
    expect(await trial.problems()).toEqual([]);
  });

  it.skipIf(breaking.skip)(`cannot sync: nothing is called safe that is not, and it heals${breaking.why}`, async () => {
    const failing = join(trial.folder, 'failing');
    const env = { LD_PRELOAD: failingSync(trial.folder), FAIL_SYNC: failing, FAIL_BELOW: trial.couple.agentFolder };
    await trial.start({ env });
    await trial.flipTo(0);
    writeFileSync(failing, '');
    await trial.flipTo(1, 2);
    rmSync(failing);
    await trial.flipTo(3);
    await trial.couple.killAgent();
    trial.couple.startAgent();
    await trial.flipTo(4);
    expect((await trial.problems()).filter(isNoFork)).toEqual([]);
  });

  it.skipIf(shifting.skip).each(['-1d', '+1d'])(
    `sets the agent’s clock a day off, by %s${shifting.why}`,
    async (offset) => {
      const file = join(trial.folder, 'offset');
      writeFileSync(file, '+0');
      const env = {
        LD_PRELOAD: FAKETIME,
        FAKETIME_TIMESTAMP_FILE: file,
        FAKETIME_NO_CACHE: '1',
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
      };
      await trial.start({ env });
      await trial.flipTo(0, 1);
      writeFileSync(file, offset);
      await trial.heard();
      writeFileSync(file, '+0');
      await trial.flipTo(2);
      expect(await trial.problems()).toEqual([]);
    },
  );
});

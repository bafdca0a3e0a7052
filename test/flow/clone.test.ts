// A disk that was copied to a second machine, agent, key and all: two real agents with one identity, and a real server.
import { expect, it } from 'vitest';

import { RULE } from '../../scripts/crash/backups.ts';
import { damageIn, devicesIn, openAlerts } from '../../scripts/crash/stored.ts';
import { endChild } from '../../scripts/end-child.ts';
import { until } from '../../scripts/until.ts';
import { type Trial, eachTrial } from '../support/trial.ts';

/** Two refusals, each after the other agent was asked, and what an agent waits before each try. */
const PARTING_MS = 60_000;

let trial: Trial;
eachTrial((fresh) => (trial = fresh));

it(
  'two machines with one key become two devices, of which the first has what it had, and each has its alerts',
  async () => {
    const copy = await trial.startAndCopy();
    const { serverFolder, witness } = trial.couple;
    const [first] = devicesIn(serverFolder);
    const before = witness.welcomes;
    const original = trial.couple.startAgent();
    await until('the first to be there', () => witness.welcomes > before, 30_000);
    const other = trial.couple.startAgent({ folder: copy });
    try {
      await until('a device of its own', () => devicesIn(serverFolder).length === 2, PARTING_MS);
      const second = devicesIn(serverFolder).find(({ id }) => id !== first?.id);
      expect(second).toMatchObject({ cloneOf: first?.id, hostname: first?.hostname });
      trial.want(1, 2);
      const has = (device: string | undefined) =>
        openAlerts(serverFolder, RULE)
          .filter((alert) => alert.device === device)
          .map(({ instance }) => instance)
          .join();
      const { stale } = trial.backups;
      const bothHave = () => [first, second].every((device) => has(device?.id) === stale.join());
      await until('the alerts of both', bothHave, 60_000);
      expect(witness.refusals.map((refusal) => refusal.split(':')[0])).toEqual(['clone', 'clone']);
      expect(witness.poisoned).toBe(0);
    } finally {
      for (const agent of [original, other]) await endChild(agent, 'SIGKILL');
    }
    await trial.couple.stop();
    expect(damageIn(serverFolder)).toEqual([]);
  },
  PARTING_MS + 120_000,
);

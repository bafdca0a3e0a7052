// CPU burnt past 90 % is an alert, and over when it is over.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

import { ticketDetail } from '@fettle/shared/api/alert.schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { until } from '../../scripts/until.ts';
import { temporaryFolder } from '../support/place.ts';
import { type Started, start } from '../support/started.ts';

describe('CPU is burnt', () => {
  const folder = temporaryFolder();
  let fettle: Started;
  let burners: readonly Worker[] = [];

  beforeAll(async () => {
    fettle = await start(folder.path, '--hurry');
  });

  afterAll(async () => {
    await Promise.all(burners.map((burner) => burner.terminate()));
    await fettle?.program.kill('SIGTERM');
    folder.remove();
  });

  const alert = async () => (await fettle.api.alerts('rule=cpu.sustained'))[0];

  it('fires when all CPUs are busy, and resolves when they rest', async () => {
    burners = Array.from({ length: availableParallelism() }, () => new Worker('for (;;);', { eval: true }));
    const fired = await until('the alert', alert);
    expect(fired).toMatchObject({ state: 'open', severity: 'warning', instance: '', device: fettle.deviceId });
    expect(fired.evidence[0]?.mean).toBeGreaterThan(0.9);
    const mine = fired.processes.find(({ pid }) => pid === process.pid); // the burners are threads of this process
    expect(mine?.cpu).toBeGreaterThan(0.05);
    const ticket = await until('the ticket', async () =>
      (await fettle.api.tickets()).find(({ rule }) => rule === 'cpu.sustained'),
    );
    const { body } = ticketDetail.parse(await fettle.api.get(`/tickets/${ticket.id}`));
    expect(body).toContain(`\n- ${mine?.name} (${process.pid}): `);
    await Promise.all(burners.map((burner) => burner.terminate()));
    await until('the resolve', async () => (await alert())?.state === 'resolved');
    expect(await fettle.api.alerts('rule=cpu.sustained')).toHaveLength(1); // what the machine's own log holds may be others
  });
});

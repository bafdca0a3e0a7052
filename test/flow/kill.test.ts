// Agent and server are killed in the middle of the main job: still one alert, one ticket.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { until } from '../../scripts/until.ts';
import type { Api } from '../support/api.ts';
import { type LoopDisk, makeLoopDisk } from '../support/loop-disk.ts';
import { missing, needs } from '../support/needs.ts';
import { Pair } from '../support/pair.ts';
import { temporaryFolder } from '../support/place.ts';

const { skip, why } = missing(needs.linux, needs.root, needs.loopMount);

describe.skipIf(skip)(`kills in the middle${why}`, () => {
  const folder = temporaryFolder();
  const pair = new Pair(folder.path);
  let disk: LoopDisk;
  let api: Api;

  beforeAll(async () => {
    disk = makeLoopDisk(folder.path, 200);
    await pair.startServer();
    await pair.startAgent();
    api = await pair.signIn();
  });

  afterAll(async () => {
    await pair.stop();
    disk?.remove();
    folder.remove();
  });

  const alerts = async () => (await api.alerts()).filter(({ instance }) => instance === disk.path);
  const tickets = async () => (await api.tickets()).filter(({ instance }) => instance === disk.path);
  const alert = async () => (await alerts())[0];

  it('fires while everything is well', async () => {
    disk.fillTo(90);
    expect(await until('the alert', alert)).toMatchObject({ state: 'open', severity: 'warning' });
  });

  it('the agent is killed: it comes back knowing what is open, and raises the same alert', async () => {
    await pair.killAgent();
    disk.fillTo(97);
    await pair.startAgent();
    await until('the raise', async () => (await alert())?.severity === 'critical');
    expect(await alerts()).toHaveLength(1);
    expect(await alert()).toMatchObject({ state: 'open', occurrences: 1 });
    expect(await tickets()).toHaveLength(1);
  });

  it('the server is killed: alert and ticket are there when it is back, and the agent comes by itself', async () => {
    const before = await alert();
    await pair.killServer();
    await pair.startServer();
    expect(await alert()).toEqual(before);
    const lastSeen = async () => (await api.devices())[0]?.lastSeen ?? '';
    const seen = await lastSeen();
    await until('the agent', async () => (await lastSeen()) > seen);
    expect(await tickets()).toHaveLength(1);
  });

  it('both are killed, and the disk is emptied meanwhile: one alert resolves, and its one ticket', async () => {
    await Promise.all([pair.killAgent(), pair.killServer()]);
    disk.fillTo(20);
    await pair.startServer();
    await pair.startAgent();
    await until('the resolve', async () => (await alert())?.state === 'resolved');
    await until('the ticket to resolve itself', async () => (await tickets())[0]?.state === 'resolved', 90_000);
    expect(await alerts()).toHaveLength(1);
    expect(await tickets()).toHaveLength(1);
  });

  it('what fires while the server is away is told when it is back', async () => {
    await pair.killServer();
    disk.fillTo(90);
    // the agent judges by itself: its own state file says so before any server knows
    await until('the alert on the agent', () => pair.agentState().includes('"phase":"firing"'));
    await pair.startServer();
    const told = await until('the alert', async () => (await alert())?.state === 'open' && alert());
    expect(told).toMatchObject({ severity: 'warning', occurrences: 2 });
    expect(await alerts()).toHaveLength(1);
    expect(await tickets()).toHaveLength(1);
  });
});

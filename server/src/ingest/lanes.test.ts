// Records over a real connection: in order, once, acknowledged when they are on the disk and not before.
import { join } from 'node:path';

import { encodeSet } from '@fettle/shared/wire/encode';
import { SETS_MAX } from '@fettle/shared/wire/limits';
import type { RecordBody } from '@fettle/shared/wire/record.schema';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';

import { SYSTEM } from '../domain/actor.ts';
import { freshFolder, shareTestServer } from '../fixture.ts';
import { TestAgent, enrolDevice, randomText } from './test-agent.ts';

const folder = freshFolder();
const server = shareTestServer({ folder });

/** A new device with a session. */
const open = async (epochs = { alerts: randomText(16), metrics: randomText(16) }) => {
  const device = await enrolDevice(server());
  const lanes = { alerts: { epoch: epochs.alerts, next: 1 }, metrics: { epoch: epochs.metrics, next: 1 } };
  const agent = await TestAgent.connect(server().url, device, { lanes });
  /** The first connection ends, and another begins. */
  const connect = (again = lanes) => {
    agent.socket.terminate();
    return TestAgent.connect(server().url, device, { lanes: again });
  };
  return { device: device.id, agent, connect, lanes, epoch: epochs.alerts, metricsEpoch: epochs.metrics };
};

const fire = (instance: string): RecordBody => ({
  kind: 'transition',
  transition: {
    change: 'fire',
    rule: 'disk.space',
    ruleHash: 'hash',
    instance,
    severity: 'warning',
    at: Date.now(),
    since: Date.now(),
    reason: 'threshold',
    evidence: [],
  },
});
const lost = (from: number, count: number): RecordBody => ({
  kind: 'gap',
  at: Date.now(),
  from,
  count,
  reason: 'disk_full',
});

const alertsOf = async (device: string) =>
  (
    await server().ask('alerts', SYSTEM, {
      states: [],
      severity: '',
      device,
      rule: '',
      after: { sinceMs: 1e15, id: '' },
      limit: 500,
    })
  )
    .map(({ instance, occurrences }) => ({ instance, occurrences }))
    .toSorted((a, b) => a.instance.localeCompare(b.instance));
const marksOf = (device: string) => server().ask('device marks', SYSTEM, { id: device });

describe('the alerts lane', () => {
  it('acknowledges what is on the disk, once for all that a commit has written', async () => {
    const { device, agent, epoch } = await open();
    for (let seq = 1; seq <= 50; seq += 1) agent.record(epoch, seq, fire(`/${seq}`));
    await agent.acked('alerts', 50);
    expect(await alertsOf(device)).toHaveLength(50);
    expect((await marksOf(device)).alerts).toMatchObject({ epoch, seq: 50 });
    const acks = agent.heard.filter(({ type }) => type === 'ack');
    expect(acks.length).toBeLessThan(25);
    expect(acks.every((ack) => ack.type === 'ack' && ack.epoch === epoch && ack.lane === 'alerts')).toBe(true);
  });

  it('does not acknowledge what cannot be written yet', async () => {
    const { device, agent, epoch } = await open();
    const other = new Database(join(folder, 'fettle.db'));
    other.exec('BEGIN IMMEDIATE');
    agent.record(epoch, 1, fire('/'));
    await expect(agent.acked('alerts', 1, 300)).rejects.toThrow('not in time');
    other.exec('COMMIT');
    other.close();
    await agent.acked('alerts', 1);
    expect(await alertsOf(device)).toEqual([{ instance: '/', occurrences: 1 }]);
  });

  it('takes a record that comes again once, and acknowledges it again', async () => {
    const { device, agent, epoch } = await open();
    agent.record(epoch, 1, fire('/'));
    agent.record(epoch, 1, fire('/'));
    agent.record(epoch, 2, fire('/home'));
    await agent.acked('alerts', 2);
    agent.heard.length = 0;
    agent.record(epoch, 1, fire('/'));
    expect(await agent.hears('ack')).toEqual({ type: 'ack', lane: 'alerts', epoch, seq: 2 });
    expect(await alertsOf(device)).toEqual([
      { instance: '/', occurrences: 1 },
      { instance: '/home', occurrences: 1 },
    ]);
  });

  it('takes a replay of everything in another session once, and acknowledges it again', async () => {
    const { device, agent, epoch, connect } = await open();
    agent.record(epoch, 1, fire('/'));
    await agent.acked('alerts', 1);
    const again = await connect();
    expect((await again.hears('welcome')).marks.alerts).toMatchObject({ epoch, seq: 1 });
    again.record(epoch, 1, fire('/'));
    await again.acked('alerts', 1);
    again.record(epoch, 2, fire('/'));
    await again.acked('alerts', 2);
    expect(await alertsOf(device)).toEqual([{ instance: '/', occurrences: 1 }]);
  });

  it('begins anew with another epoch, and what fires again in it is still one alert', async () => {
    const { device, agent, epoch, connect, lanes } = await open();
    agent.record(epoch, 1, fire('/'));
    await agent.acked('alerts', 1);
    const alerts = { epoch: randomText(16), next: 1 };
    const again = await connect({ ...lanes, alerts });
    again.record(alerts.epoch, 1, fire('/'));
    await again.acked('alerts', 1);
    expect((await marksOf(device)).alerts).toMatchObject({ epoch: alerts.epoch, seq: 1 });
    expect(await alertsOf(device)).toHaveLength(1);
  });

  it('passes a gap, with what was lost counted', async () => {
    const { device, agent, epoch } = await open();
    agent.record(epoch, 40, lost(1, 40));
    agent.record(epoch, 41, fire('/'));
    await agent.acked('alerts', 41);
    expect(await server().ask('device', SYSTEM, { id: device })).toMatchObject({ lostRecords: 40 });
    expect(await alertsOf(device)).toHaveLength(1);
  });

  it('answers a record that it cannot read with poison, and takes those behind it', async () => {
    const { device, agent, epoch } = await open();
    agent.record(epoch, 1, fire('/'));
    agent.say({ type: 'record', lane: 'alerts', epoch, seq: 2, body: { kind: 'transition', transition: { rule: 7 } } });
    agent.record(epoch, 3, fire('/home'));
    expect(await agent.hears('poison')).toMatchObject({
      lane: 'alerts',
      epoch,
      seq: 2,
      message: expect.stringMatching(/body/) as string,
    });
    await agent.acked('alerts', 3);
    expect(await alertsOf(device)).toHaveLength(2);
    expect((await marksOf(device)).alerts).toMatchObject({ epoch, seq: 3 });
  });

  it.each([
    [
      'leaves one out',
      (agent: TestAgent, epoch: string) => agent.record(epoch, 2, fire('/')),
      'Record 1 of lane alerts is next, not 2.',
    ],
    [
      'is of another epoch',
      (agent: TestAgent) => agent.record('A'.repeat(22), 1, fire('/')),
      'The epoch of lane alerts is ',
    ],
    [
      'is a gap that ends before it begins',
      (agent: TestAgent, epoch: string) => agent.record(epoch, 1, lost(2, 1)),
      'Record 1 of lane alerts is next, not 2.',
    ],
    ['has a place that is none', (agent: TestAgent, epoch: string) => agent.record(epoch, 0, fire('/')), 'seq: '],
  ])('ends the session for a record that %s', async (_name, send, message) => {
    const { device, agent, epoch } = await open();
    send(agent, epoch);
    const refuse = await agent.hears('refuse');
    expect(refuse).toMatchObject({ code: 'malformed', message: expect.stringContaining(message) as string });
    expect(await alertsOf(device)).toEqual([]);
  });

  it('ends the session of one that floods it, and keeps what it has taken', async () => {
    const { device, agent, epoch } = await open();
    for (let seq = 1; seq <= 2_000; seq += 1) agent.record(epoch, seq, fire('/'));
    expect(await agent.hears('refuse')).toMatchObject({
      code: 'malformed',
      message: 'More than 64 records of lane alerts are on the way.',
    });
    await expect.poll(async () => (await marksOf(device)).alerts?.seq).toBeGreaterThanOrEqual(64);
    expect((await marksOf(device)).alerts?.seq).toBeLessThan(2_000);
  });
});

describe('the metrics lane', () => {
  const cpu = [{ metric: 'system.cpu.utilization', attributes: {} }];

  it('takes batches and gaps in order, beside the alerts', async () => {
    const { device, agent, metricsEpoch: epoch } = await open();
    agent.announce(cpu);
    agent.batch(1, Date.now() - 60_000, [[100, 200]]);
    agent.record(epoch, 5, lost(2, 24), 'metrics');
    agent.batch(6, Date.now() - 30_000, [[300]]);
    await agent.acked('metrics', 6);
    expect((await marksOf(device)).metrics).toMatchObject({ epoch, seq: 6 });
  });

  it('answers a record of the other lane with poison, and goes on', async () => {
    const { device, agent, metricsEpoch: epoch } = await open();
    agent.announce(cpu);
    agent.record(epoch, 1, fire('/'), 'metrics');
    agent.batch(2, Date.now(), [[100]]);
    expect(await agent.hears('poison')).toMatchObject({
      lane: 'metrics',
      seq: 1,
      message: expect.stringMatching(/transition/) as string,
    });
    await agent.acked('metrics', 2);
    expect(await alertsOf(device)).toEqual([]);
  });

  it('passes a batch that it cannot read, with poison', async () => {
    const { agent } = await open();
    agent.announce(cpu);
    agent.socket.send(Buffer.from([3, 1, 9, 1, 1, 1, 0])); // a set that was not announced
    agent.batch(2, Date.now(), [[100]]);
    expect(await agent.hears('poison')).toMatchObject({
      lane: 'metrics',
      seq: 1,
      message: expect.stringMatching(/set 9 was not announced/) as string,
    });
    await agent.acked('metrics', 2);
  });

  it('ends the session of one that announces without end', async () => {
    const { agent } = await open();
    const other = new Database(join(folder, 'metrics.db'));
    other.exec('BEGIN IMMEDIATE'); // nothing that is announced comes to an end
    onTestFinished(() => void other.close());
    agent.announce(cpu);
    for (let count = 1; count <= SETS_MAX; count += 1)
      agent.socket.send(encodeSet({ setId: count % SETS_MAX, seriesIds: [0] }));
    expect(await agent.hears('refuse')).toMatchObject({ message: 'Too many sets are on the way.' });
  });

  it('ends the session for a batch that leaves one out', async () => {
    const { agent } = await open();
    agent.announce(cpu);
    agent.batch(2, Date.now(), [[100]]);
    expect(await agent.hears('refuse')).toMatchObject({ message: 'Record 1 of lane metrics is next, not 2.' });
  });
});

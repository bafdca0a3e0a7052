// Messages whose form is good and whose content is not, and contents that only look bad.
import { encodeSeries } from '@fettle/shared/wire/encode';
import type { RecordBody } from '@fettle/shared/wire/record.schema';
import { describe, expect, it } from 'vitest';

import { shareOwner, shareTestServer } from '../fixture.ts';
import { TestAgent, enrolDevice, randomText } from './test-agent.ts';

const server = shareTestServer();
const owner = shareOwner(server);

const open = async () => {
  const device = await enrolDevice(server());
  const lanes = { alerts: { epoch: randomText(16), next: 1 }, metrics: { epoch: randomText(16), next: 1 } };
  const agent = await TestAgent.connect(server().url, device, { lanes });
  return { device: device.id, agent, epoch: lanes.alerts.epoch, metricsEpoch: lanes.metrics.epoch };
};
type Told = Extract<RecordBody, { kind: 'transition' }>['transition'];
const told = (change: Partial<Told>): RecordBody => ({
  kind: 'transition',
  transition: {
    change: 'fire',
    rule: 'disk.space',
    ruleHash: 'hash',
    instance: '/',
    severity: 'warning',
    at: Date.now(),
    since: Date.now(),
    reason: 'threshold',
    evidence: [],
    ...change,
  },
});
const get = async (path: string): Promise<{ readonly items: readonly Record<string, unknown>[] }> =>
  (await fetch(`${server().url}/api/v1/${path}`, { headers: owner() })).json() as never;
const alertsOf = async (device: string) =>
  (await get(`alerts?device=${device}&limit=200`)).items.map(({ instance, state, severity }) => ({
    instance,
    state,
    severity,
  }));

describe('a name that', () => {
  it.each([
    ['is HTML', '<img src=x onerror=alert(1)>'],
    ['turns around what follows', 'a\u202Eb'],
    ['has an emoji', '💾 C:'],
    ['has four bytes a character', '𝄞𝄞'],
    ['has a space of no width', 'a\u200Bb'],
    ['is a formula', '=cmd|" /C calc"!A0'],
    ['is of the prototype', '__proto__'],
    ['is SQL', "'; DROP TABLE alerts; --"],
    ['is 512 characters long', 'é'.repeat(512)],
  ])('%s is kept and told to the letter', async (_what, instance) => {
    const { device, agent, epoch } = await open();
    agent.record(epoch, 1, told({ instance }));
    await agent.acked('alerts', 1);
    expect((await alertsOf(device)).map((alert) => alert.instance)).toEqual([instance]);
  });

  it.each([
    ['breaks the line', 'a\nb'],
    ['colours a terminal', '\u001B[31mred'],
    ['ends a text of C', 'a\u0000'],
    ['is half a character', 'a\ud800'],
    ['is too long', 'x'.repeat(513)],
  ])('%s is poison', async (_what, instance) => {
    const { device, agent, epoch } = await open();
    agent.record(epoch, 1, told({ instance }));
    expect(await agent.hears('poison')).toMatchObject({
      seq: 1,
      message: expect.stringContaining('instance') as string,
    });
    await agent.acked('alerts', 1);
    expect(await alertsOf(device)).toEqual([]);
  });

  it('differs from another in its case alone is another', async () => {
    const { device, agent, epoch } = await open();
    agent.record(epoch, 1, told({ instance: 'C:' }));
    agent.record(epoch, 2, told({ instance: 'c:' }));
    await agent.acked('alerts', 2);
    expect(await alertsOf(device)).toHaveLength(2);
  });
});

describe('a transition', () => {
  it.each<[what: string, changes: readonly Partial<Told>[], left: readonly object[]]>([
    ['that resolves what never fired changes nothing', [{ change: 'resolve', reason: 'recovered' }], []],
    [
      'that raises what never fired opens it',
      [{ change: 'raise', severity: 'critical' }],
      [{ state: 'open', severity: 'critical' }],
    ],
    ['that fires twice is one alert', [{}, {}], [{ state: 'open', severity: 'warning' }]],
    [
      'of a rule that nobody knows is an alert like any other',
      [{ rule: 'of.tomorrow' }],
      [{ state: 'open', severity: 'warning' }],
    ],
    ['of 1970 is taken', [{ at: 0, since: 0 }], [{ state: 'open', severity: 'warning' }]],
    ['of the year 9999 is taken', [{ at: 253_402_300_799_999, since: 0 }], [{ state: 'open', severity: 'warning' }]],
  ])('%s', async (_what, changes, left) => {
    const { device, agent, epoch } = await open();
    for (const [index, change] of changes.entries()) agent.record(epoch, index + 1, told(change));
    await agent.acked('alerts', changes.length);
    expect(await alertsOf(device)).toEqual(left.map((one) => ({ instance: '/', ...one })));
    expect((await fetch(`${server().url}/api/v1/devices/${device}`, { headers: owner() })).status).toBe(200);
  });

  it.each([
    ['before 1970', { at: -1 }],
    ['after the year 9999', { at: 253_402_300_800_000 }],
    ['between two milliseconds', { at: 1.5 }],
  ])('%s is poison', async (_what, change) => {
    const { agent, epoch } = await open();
    agent.record(epoch, 1, told(change));
    await agent.acked('alerts', 1);
    expect(agent.heard.some(({ type }) => type === 'poison')).toBe(true);
  });

  it('that names another device is poison: whose it is, the session says', async () => {
    const [mine, other] = [await open(), await open()];
    const { epoch, agent } = mine;
    agent.say({ type: 'record', lane: 'alerts', epoch, seq: 1, body: told({}), device: other.device });
    expect((await agent.hears('poison')).message).toContain('device');
    expect(await alertsOf(other.device)).toEqual([]);
  });

  it('at 2^40 ends the session: those before it are missing', async () => {
    const { agent, epoch } = await open();
    agent.record(epoch, 2 ** 40, told({}));
    expect((await agent.hears('refuse')).message).toBe('Record 1 of lane alerts is next, not 1099511627776.');
  });
});

describe('a batch', () => {
  const cpu = [{ metric: 'system.cpu.utilization', attributes: {} }];

  it('of shares below 0 and over 1, of all that a number may be, is kept, and shown as it is', async () => {
    const { device, agent } = await open();
    agent.announce(cpu);
    const t0 = Date.now() - 60_000;
    for (const [index, value] of [-1_000, 1_010, 2 ** 48, -(2 ** 48)].entries())
      agent.batch(index + 1, t0 + index, [[value]]);
    await agent.acked('metrics', 4);
    const latest = (await (
      await fetch(`${server().url}/api/v1/devices/${device}/latest`, { headers: owner() })
    ).json()) as object;
    expect(latest).toMatchObject({ 'system.cpu.utilization': [{ value: -(2 ** 48) / 1_000 }] });
  });

  it.each([
    ['of no readings', [3, 1, 0, 1, 1, 0]],
    ['with a step of 0', [3, 1, 0, 1, 0, 1, 2]],
    ['with a column too few', [3, 1, 0, 1, 1, 1]],
    ['with bytes left over', [3, 1, 0, 1, 1, 1, 2, 2]],
  ])('%s is poison', async (_what, bytes) => {
    const { agent } = await open();
    agent.announce(cpu);
    agent.socket.send(Buffer.from(bytes));
    expect(await agent.hears('poison')).toMatchObject({ lane: 'metrics', seq: 1 });
    await agent.acked('metrics', 1);
  });

  it('of 10,000 series is more than a session may name: it ends', async () => {
    const { agent } = await open();
    const many = Array.from({ length: 10_000 }, (_, disk) => ({ metric: 'a', attributes: { disk: `${disk}` } }));
    for (let from = 0; from < many.length; from += 1_000) {
      agent.socket.send(encodeSeries({ firstId: from, series: many.slice(from, from + 1_000) }));
    }
    expect((await agent.hears('refuse')).code).toBe('malformed');
  });
});

// Whoever has PROTOCOL.md and nothing else of ours can write an agent: this one was.
import { seriesView } from '@fettle/shared/api/device.schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { until } from '../../scripts/until.ts';
import { type Agent, acked, connect, enrol, keepBatch, keepGap, keepRecord, newAgent } from '../second-agent.ts';
import type { Api } from '../support/api.ts';
import { Pair } from '../support/pair.ts';
import { temporaryFolder } from '../support/place.ts';

const STEP_MS = 10_000;

describe('an agent by somebody else', () => {
  const folder = temporaryFolder();
  const pair = new Pair(folder.path);
  const t0 = Math.floor(Date.now() / STEP_MS) * STEP_MS - 3_600_000;
  let api: Api;
  let agent: Agent;
  let session: Promise<void>;

  beforeAll(async () => {
    await pair.startServer();
    api = await pair.signIn();
  });

  afterAll(async () => {
    agent?.socket?.terminate();
    await pair.stop();
    folder.remove();
  });

  const told = (change: string, instance: string, at = Date.now()) => ({
    kind: 'transition',
    transition: {
      change,
      rule: 'disk.space',
      ruleHash: 'mine',
      instance,
      severity: 'critical',
      at,
      since: at,
      reason: change === 'resolve' ? 'recovered' : 'threshold',
      evidence: [{ metric: 'system.filesystem.utilization', value: 0.97, threshold: 0.95 }],
    },
  });
  const open = (instance: string) => ({
    rule: 'disk.space',
    ruleHash: 'mine',
    instance,
    severity: 'critical',
    since: Date.now(),
    evidence: [],
  });
  const digest = (instances: string[], judged: string[], range?: object) => ({
    kind: 'digest',
    at: Date.now(),
    open: instances.map(open),
    judged,
    undecided: [],
    ...(range && { range }),
  });
  const openAlerts = async () =>
    (await api.alerts('limit=200'))
      .filter(({ state }) => state !== 'resolved')
      .map(({ instance }) => instance)
      .toSorted();
  const cpu = async () => {
    const [from, to] = [t0, t0 + 6 * STEP_MS].map((ms) => new Date(ms).toISOString());
    const query = `metric=system.cpu.utilization&from=${from}&to=${to}&points=6`;
    const found = seriesView.parse(await api.get(`/devices/${agent.identity.deviceId}/series?${query}`));
    return [...new Set(found.series[0]?.mean.filter((value) => value !== null))]; // between two readings the last one stands
  };

  it('enrols once with its token, and no second time', async () => {
    const token = await pair.newToken();
    agent = newAgent(await enrol(pair.url, token, 'other-01'));
    await expect(enrol(pair.url, token, 'other-02')).rejects.toThrow('token_used');
    expect((await api.devices()).map(({ name }) => name)).toEqual(['other-01']);
  });

  it('its readings are shown, its alert is one, and has a ticket', async () => {
    session = connect(agent);
    keepBatch(agent, t0, STEP_MS, [
      [100, 200, null],
      [500, 500, 501],
    ]);
    keepRecord(agent, 'alerts', told('fire', '/srv'));
    await acked(agent, 1, 1);
    expect(await cpu()).toEqual([0.1, 0.2]);
    expect(await openAlerts()).toEqual(['/srv']);
    const [ticket] = await until('the ticket', async () => (await api.tickets()).length > 0 && api.tickets());
    expect(ticket).toMatchObject({ instance: '/srv', state: 'new' });
    expect((await api.alerts())[0]).toMatchObject({ instance: '/srv', ticket: ticket?.id });
  });

  it('is cut in the middle of what it sends, and goes on after the mark: nothing twice, nothing missing', async () => {
    for (let n = 0; n < 150; n += 1) {
      keepRecord(agent, 'alerts', told('fire', `/vol-${n}`));
      if (n === 40) await acked(agent, 5, 0);
    }
    keepBatch(agent, t0 + 3 * STEP_MS, STEP_MS, [[300], [500]]);
    agent.socket?.terminate();
    await session;
    expect(agent.lanes.alerts.acked).toBeLessThan(151);
    keepRecord(agent, 'alerts', told('resolve', '/srv'));
    session = connect(agent);
    await acked(agent, 152, 2);
    expect(agent.seen).toMatchObject({ sessions: 2, renewed: 0, refused: [], poison: [] });
    expect(await openAlerts()).toHaveLength(150);
    expect((await api.alerts('limit=200')).every(({ occurrences }) => occurrences === 1)).toBe(true);
    expect(await cpu()).toEqual([0.1, 0.2, 0.3]);
  });

  it('what it lost it tells as a gap of either lane', async () => {
    keepGap(agent, 'alerts', 7);
    keepGap(agent, 'metrics', 3);
    keepBatch(agent, t0 + 4 * STEP_MS, STEP_MS, [[400], [500]]);
    await acked(agent, 159, 6);
    expect(await cpu()).toEqual([0.1, 0.2, 0.3, 0.4]);
  });

  it('a digest in two ranges mends the server: each ends what is over in its own range', async () => {
    keepRecord(
      agent,
      'alerts',
      digest(['/vol-1', '/vol-10'], ['disk.space'], {
        to: { rule: 'disk.space', instance: '/vol-5' },
      }),
    );
    await acked(agent, 160, 0);
    const left = await openAlerts();
    expect(left.slice(0, 3)).toEqual(['/vol-1', '/vol-10', '/vol-50']);
    expect(left.every((instance) => instance <= '/vol-10' || instance > '/vol-5')).toBe(true);
    const after = { rule: 'disk.space', instance: '/vol-5' };
    keepRecord(agent, 'alerts', digest(['/vol-99', '/znew'], ['disk.space'], { after }));
    await acked(agent, 161, 0);
    expect(await openAlerts()).toEqual(['/vol-1', '/vol-10', '/vol-99', '/znew']);
  });

  it('a record that cannot be read is poison, and those behind it take effect', async () => {
    keepRecord(agent, 'alerts', { kind: 'transition', transition: { rule: 7 } });
    keepRecord(agent, 'alerts', told('fire', '/behind'));
    await acked(agent, 163, 0);
    expect(agent.seen.poison).toEqual([162]);
    expect(await openAlerts()).toContain('/behind');
  });

  it('what no server takes ends its session with a word, and it comes back', async () => {
    agent.socket?.send('{"type":"record"');
    await session;
    expect(agent.seen.refused).toEqual(['malformed']);
    session = connect(agent);
    keepBatch(agent, t0 + 5 * STEP_MS, STEP_MS, [[500], [500]]);
    await acked(agent, 163, 7);
    expect(await cpu()).toEqual([0.1, 0.2, 0.3, 0.4, 0.5]);
  });

  it('where its own record is another than the server has, it begins a new epoch, and nothing is twice', async () => {
    agent.socket?.terminate();
    await session;
    // its machine is put back: the last alert never happened, another one did
    const { alerts } = agent.lanes;
    const epoch = alerts.epoch;
    alerts.kept.pop();
    Object.assign(alerts, { next: alerts.next - 1, acked: 161, sent: 161 });
    keepRecord(agent, 'alerts', told('fire', '/other'));
    await connect(agent);
    expect(agent.seen).toMatchObject({ renewed: 1, refused: ['malformed'] });
    session = connect(agent);
    await acked(agent, 2, 0);
    expect(agent.lanes.alerts.epoch).not.toBe(epoch);
    expect(await openAlerts()).toEqual(['/behind', '/other', '/vol-1', '/vol-10', '/vol-99', '/znew']);
  });

  it('that says goodbye before it goes is asleep, not lost', async () => {
    agent.socket?.send(JSON.stringify({ type: 'bye', reason: 'suspend' }));
    agent.socket?.close();
    await session;
    await until('the presence', async () => (await api.devices())[0]?.presence === 'asleep');
  });
});

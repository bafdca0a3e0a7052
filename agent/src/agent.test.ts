// The whole agent and a played server over a real socket: what the server's word changes.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';

import { ruleSetVersion } from '@fettle/shared/rule/hash';
import { pack } from '@fettle/shared/rule/pack';
import { HOUR_MS, MINUTE_MS } from '@fettle/shared/time';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';

import { Agent, type AgentLog } from './agent.ts';
import { ServerClock } from './collect/clock/server-clock.ts';
import { serverOffset } from './collect/clock/server-offset.ts';
import { type Collector, available } from './collect/collector.ts';
import { hostAt } from './collect/fixture.ts';
import { HandClock } from './collect/hand-clock.ts';
import { systemClock } from './host/clock.ts';
import { memoryFs } from './host/memory-fs.ts';
import { EPOCH, self, soon } from './link-fixture.ts';
import { webSocketDial } from './link/socket.ts';
import { playServer } from './played-server.ts';
import { diskRule } from './rules/fixture.ts';
import { memorySpool } from './spool/memory.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fettle-agent-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** One volume that is full. */
const full: Collector = {
  id: 'volumes',
  tier: 'minute',
  timeoutMs: 1_000,
  provides: ['system.filesystem.utilization'],
  probe: () => Promise.resolve(available('a test')),
  collect: () => {
    const attributes = { 'system.filesystem.mountpoint': '/' };
    return Promise.resolve({ samples: [{ metric: 'system.filesystem.utilization', attributes, value: 0.99 }] });
  },
};

const BEAT_MS = 10_000;

/** Its machine's time is moved by hand; the socket's is real. */
const anAgent = async (url: string) => {
  const clock = new HandClock();
  const fs = memoryFs();
  const serverClock = new ServerClock();
  const epochs: string[] = [EPOCH.alerts, EPOCH.metrics];
  const limits = { alerts: { maxBytes: 1e6 }, metrics: { maxBytes: 1e6 } };
  const logs: AgentLog[] = [];
  const agent = new Agent({
    clock,
    rng: () => 0,
    fs,
    host: { ...hostAt(folder, clock), uptimeMs: clock.uptimeMs },
    net: { dial: webSocketDial(url, undefined), clock: systemClock },
    spool: memorySpool({ newEpoch: () => epochs.shift() ?? '', limits }),
    collectors: () => [full, serverOffset(serverClock)],
    serverClock,
    self,
    files: { state: 'state', rules: 'rules' },
    onStatus: () => undefined,
    log: (entry) => logs.push(entry),
  });
  await agent.start();
  onTestFinished(() => agent.stop('stop'));
  /** Beat by beat, each with what it has to read and to keep. */
  const pass = async (ms: number) => {
    for (let passedMs = 0; passedMs < ms; passedMs += BEAT_MS) {
      await clock.pass(BEAT_MS);
      await turn();
    }
  };
  return { agent, clock, logs, pass, kept: () => fs.read('rules') };
};

describe('rules of a newer server', () => {
  const newer = { id: 'newer', kind: 'forecast', horizon: { ms: 1 } };

  it('are left out and told, and the others are judged', async () => {
    const server = await playServer();
    const { agent, logs, pass } = await anAgent(server.url);
    const link = await server.link();
    await link.admit({ ruleSet: { version: 'v9', rules: [newer, { ...diskRule }] } });
    const why = 'Rule newer: this version does not know a rule of the kind "forecast" in this form.';
    await soon(() => expect(agent.status.leftOut).toEqual([{ rule: 'newer', why }]));
    const detail = `rule newer is not judged, update the agent: ${why}`;
    await soon(() => expect(logs).toContainEqual({ event: 'rules', detail }));
    expect(agent.status).toMatchObject({ ruleSet: 'v9', link: { unreadable: 0 }, failures: 0 });
    await pass(10 * MINUTE_MS);
    await soon(() => expect(agent.status.openAlerts).toEqual([{ rule: 'disk', instance: '/', severity: 'critical' }]));
    link.say({ type: 'rules', ruleSet: { version: 'v10', rules: [{ ...diskRule }] } });
    await soon(() => expect([agent.status.ruleSet, agent.status.leftOut]).toEqual(['v10', []]));
  });

  it('are kept and not asked for again: the version of the whole set is in force', async () => {
    const server = await playServer();
    const { agent, kept } = await anAgent(server.url);
    const first = await server.link();
    const ruleSet = { version: 'v9', rules: [newer] };
    expect(await first.admit({ ruleSet })).toMatchObject({ ruleSet: ruleSetVersion(pack) });
    await soon(() => expect(agent.status.ruleSet).toBe('v9'));
    await soon(async () => expect(JSON.parse((await kept()) ?? '')).toEqual({ type: 'rules', ruleSet }));
    first.socket.terminate();
    expect(await (await server.link()).admit()).toMatchObject({ ruleSet: 'v9' });
  });
});

describe("a clock that is six minutes off by the server's", () => {
  const skew = pack.filter(({ id }) => id === 'time.skew').map((rule) => ({ ...rule }));

  it('is an alert where no time service says so, and none any more when it is set right', async () => {
    const server = await playServer();
    const { agent, clock, pass } = await anAgent(server.url);
    const link = await server.link();
    await link.admit({ clock: clock.wallMs() - 6 * MINUTE_MS, ruleSet: { version: 'v1', rules: skew } });
    await soon(() => expect(agent.status.ruleSet).toBe('v1'));
    await pass(2 * HOUR_MS);
    await soon(() =>
      expect(agent.status.openAlerts).toEqual([{ rule: 'time.skew', instance: '', severity: 'critical' }]),
    );
    clock.set(-6 * MINUTE_MS);
    await pass(2 * HOUR_MS);
    await soon(() => expect(agent.status.openAlerts).toEqual([]));
  });
});

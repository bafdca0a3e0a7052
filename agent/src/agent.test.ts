// The whole agent and a played server over a real socket: what the server's word changes.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';

import { ruleSetVersion } from '@fettle/shared/rule/hash';
import { pack } from '@fettle/shared/rule/pack';
import { type Clock, HOUR_MS, MINUTE_MS } from '@fettle/shared/time';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';

import type { AgentLog } from './agent-report.ts';
import { Agent } from './agent.ts';
import { ServerClock } from './collect/clock/server-clock.ts';
import { serverOffset } from './collect/clock/server-offset.ts';
import { type Collector, available } from './collect/collector.ts';
import { hostAt } from './collect/fixture.ts';
import { HandClock } from './collect/hand-clock.ts';
import { systemClock } from './host/clock.ts';
import { memoryFs } from './host/memory-fs.ts';
import { EPOCH, keptKey, self, soon } from './link-fixture.ts';
import { webSocketDial } from './link/socket.ts';
import { playServer } from './played-server.ts';
import { diskRule } from './rules/fixture.ts';
import { memorySpool } from './spool/memory.ts';
import type { Spool, SpoolRecord } from './spool/spool.ts';

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

/** Its machine's time is moved by hand; the socket's is real, if no other is given. */
const anAgent = async (url: string, netClock: Clock = systemClock, altered: Partial<Spool> = {}) => {
  const clock = new HandClock();
  const fs = memoryFs();
  const serverClock = new ServerClock();
  const epochs: string[] = [EPOCH.alerts, EPOCH.metrics];
  const maxBytes = { alerts: 1e6, metrics: 1e6 };
  const logs: AgentLog[] = [];
  const became: unknown[] = [];
  const agent = new Agent({
    clock,
    rng: () => 0,
    fs,
    host: { ...hostAt(folder, clock), uptimeMs: clock.uptimeMs },
    net: { dial: webSocketDial(url), clock: netClock },
    spool: { ...memorySpool({ newEpoch: () => epochs.shift() ?? '', maxBytes }), ...altered },
    collectors: () => [full, serverOffset(serverClock)],
    serverClock,
    self,
    files: { state: 'state', rules: 'rules' },
    ownKey: {
      make: keptKey,
      become: async (device) => void became.push(device),
    },
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
  return { agent, clock, logs, became, pass, kept: () => fs.read('rules'), state: () => fs.read('state') };
};

describe('a copy of a machine whose original is there', () => {
  const refusal = { type: 'refuse', code: 'clone', message: 'this one is a copy' } as const;
  const other = { deviceId: `d_${'o'.repeat(22)}`, site: 'office' };

  it('asks for a key of its own, signed by both, and tells as the other device what it has not told', async () => {
    const server = await playServer();
    const net = new HandClock();
    const { agent, logs, became } = await anAgent(server.url, net);
    for (const waitMs of [MINUTE_MS, MINUTE_MS + 1_000]) {
      const link = await server.link();
      link.challenge();
      expect(await link.take()).toMatchObject({ type: 'hello', deviceId: self.deviceId });
      link.say(refusal);
      await soon(() => expect(agent.status.link.state).toBe('waiting'));
      await net.pass(waitMs);
    }
    const { pending } = agent.status.lanes.alerts;
    expect(pending).toBeGreaterThan(0);
    const asking = await server.link();
    asking.challenge();
    const [publicKey, signature, proof] = ['k'.repeat(43), 's'.repeat(86), 'p'.repeat(86)];
    expect(await asking.take()).toMatchObject({ type: 'rekey', deviceId: self.deviceId, publicKey, signature, proof });
    asking.say({ type: 'rekeyed', ...other });
    await soon(() => expect(became).toEqual([other]));
    const detail = `a copy of device ${self.deviceId}, which is there too: device ${other.deviceId} from now on`;
    await soon(() => expect(logs).toContainEqual({ event: 'copy', detail }));
    expect(agent.status.lanes.alerts).toMatchObject({ pending, acked: 0 });
    expect(agent.status.lanes.alerts.epoch).not.toBe(EPOCH.alerts);
  });
});

it('an end is one, also when the spool cannot be read: it is closed, and the state is saved', async () => {
  const server = await playServer();
  let isBroken = false;
  let closings = 0;
  const { agent, logs, state } = await anAgent(server.url, systemClock, {
    read: (): Promise<readonly SpoolRecord[]> => (isBroken ? Promise.reject(new Error('EMFILE')) : Promise.resolve([])),
    close: () => Promise.resolve(void (closings += 1)),
  });
  const link = await server.link();
  await link.admit();
  await soon(() => expect(agent.status.link.state).toBe('open'));
  isBroken = true;
  await agent.stop('stop');
  expect(closings).toBe(1);
  expect(agent.status.link.state).toBe('stopped');
  expect(JSON.stringify(logs)).toContain('EMFILE');
  expect(await state()).toBeDefined();
});

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
  }, 20_000);
});

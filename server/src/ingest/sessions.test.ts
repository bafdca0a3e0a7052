// Sessions beside and after one another: the same device twice, a cut in the middle, an agent that does not read, a server that stops.
import { setTimeout as sleep } from 'node:timers/promises';

import type { RecordBody } from '@fettle/shared/wire/record.schema';
import { describe, expect, it } from 'vitest';

import { SYSTEM } from '../domain/actor.ts';
import { shareTestServer, startTestServer } from '../fixture.ts';
import { TestAgent, enrolDevice, randomText } from './test-agent.ts';

const server = shareTestServer();

const newLanes = () => ({
  alerts: { epoch: randomText(16), next: 1 },
  metrics: { epoch: randomText(16), next: 1 },
});
const slept = (): RecordBody => ({ kind: 'suspended', at: Date.now(), forMs: 1_000 });
const marksOf = (device: string) => server().ask('device marks', SYSTEM, { id: device });

describe('two sessions of one device', () => {
  it('of which the older is silent: it is ended, and the device stays connected by the newer', async () => {
    const device = await enrolDevice(server());
    const older = await TestAgent.connect(server().url, device);
    older.socket.pause(); // its connection is alive, and nothing answers
    const newer = await TestAgent.connect(server().url, device);
    older.socket.resume();
    expect((await older.hears('refuse')).code).toBe('already_connected');
    expect((await older.ends()).code).toBe(1008);
    expect(server().isConnected(device.id)).toBe(true);
    expect(newer.isOpen).toBe(true);
  }, 15_000);

  it('the newer is told marks behind everything that the older has sent', async () => {
    const device = await enrolDevice(server());
    const lanes = newLanes();
    const older = await TestAgent.connect(server().url, device, { lanes });
    const second = await TestAgent.dial(server().url);
    const hello = await second.hello(device, { lanes });
    for (let seq = 1; seq <= 60; seq += 1) older.record(lanes.alerts.epoch, seq, slept());
    older.socket.pause();
    second.say(hello); // on another connection: it can overtake, but not what was taken
    const { marks } = await second.hears('welcome');
    const told = marks.alerts?.seq ?? 0;
    for (let seq = told + 1; seq <= 61; seq += 1) second.record(lanes.alerts.epoch, seq, slept());
    await second.acked('alerts', 61);
    expect((await marksOf(device.id)).alerts).toMatchObject({ epoch: lanes.alerts.epoch, seq: 61 });
  }, 15_000);

  it('what the older says after its end is dropped', async () => {
    const device = await enrolDevice(server());
    const lanes = newLanes();
    const older = await TestAgent.connect(server().url, device, { lanes });
    older.socket.pause(); // it does not hear of its end, and goes on
    const newer = await TestAgent.connect(server().url, device, { lanes });
    older.record(lanes.alerts.epoch, 1, slept());
    newer.record(lanes.alerts.epoch, 1, { kind: 'gap', at: 1, from: 1, count: 7, reason: 'corrupt' });
    await newer.acked('alerts', 1);
    expect(await server().ask('device', SYSTEM, { id: device.id })).toMatchObject({ lostRecords: 7 });
    older.socket.resume();
    expect((await older.hears('refuse')).code).toBe('already_connected');
  }, 15_000);
});

describe('a connection that ends', () => {
  it('in the middle of a commit loses nothing that was taken, and what comes again counts once', async () => {
    const device = await enrolDevice(server());
    const lanes = newLanes();
    const { epoch } = lanes.alerts;
    const cut = await TestAgent.connect(server().url, device, { lanes });
    cut.record(epoch, 10, { kind: 'gap', at: 1, from: 1, count: 10, reason: 'corrupt' });
    await new Promise<void>((resolve) => {
      cut.socket.once('message', () => undefined);
      cut.socket.send('', { fin: false }, () => resolve()); // the record is out
    });
    cut.socket.terminate();
    await expect.poll(() => server().isConnected(device.id)).toBe(false);
    const again = await TestAgent.connect(server().url, device, { lanes });
    again.record(epoch, 10, { kind: 'gap', at: 1, from: 1, count: 10, reason: 'corrupt' });
    await again.acked('alerts', 10);
    expect(await server().ask('device', SYSTEM, { id: device.id })).toMatchObject({ lostRecords: 10 });
  });

  it('at any moment of the handshake leaves the device unconnected', async () => {
    const device = await enrolDevice(server());
    for (let delayMs = 0; delayMs <= 20; delayMs += 1) {
      const agent = await TestAgent.dial(server().url);
      agent.say(await agent.hello(device));
      await sleep(delayMs);
      agent.socket.terminate();
    }
    await expect.poll(() => server().isConnected(device.id)).toBe(false);
    await TestAgent.connect(server().url, await enrolDevice(server())); // behind all that was still under way
    expect(server().isConnected(device.id)).toBe(false);
  });

  it('because the agent sends and sends but does not read what is answered', async () => {
    const device = await enrolDevice(server());
    const lanes = newLanes();
    const agent = await TestAgent.connect(server().url, device, { lanes });
    const { epoch } = lanes.alerts;
    const unreadable = JSON.stringify({
      type: 'record',
      lane: 'alerts',
      epoch,
      seq: 1,
      body: slept(),
      ['x'.repeat(500)]: 1,
    });
    agent.socket.pause();
    for (let round = 0; round < 1_000 && server().isConnected(device.id); round += 1) {
      for (let count = 0; count < 50; count += 1) agent.say(unreadable);
      await server().commit({ type: 'seen', devices: [] }); // no flood: what came before is done
    }
    expect(server().isConnected(device.id)).toBe(false);
    agent.socket.resume();
    expect((await agent.ends()).code).toBe(1006);
    expect(agent.heard.filter(({ type }) => type === 'refuse')).toEqual([]);
  }, 15_000);
});

describe('a server that stops', () => {
  it('acknowledges what it has taken, says that it stops and when to come again, and closes with 1012', async () => {
    const own = await startTestServer();
    const device = await enrolDevice(own);
    const lanes = newLanes();
    const agent = await TestAgent.connect(own.url, device, { lanes });
    for (let seq = 1; seq <= 20; seq += 1) agent.record(lanes.alerts.epoch, seq, slept());
    agent.say({ type: 'bye', reason: 'reboot' });
    await new Promise((resolve) => agent.socket.once('pong', resolve).ping()); // all of it has arrived
    const stopped = own.close();
    const { code, retryAfterMs } = await agent.hears('refuse');
    expect({ code, retryAfterMs }).toEqual({ code: 'shutting_down', retryAfterMs: 1_000 });
    expect(agent.heard.some((message) => message.type === 'ack' && message.seq === 20)).toBe(true);
    expect((await agent.ends()).code).toBe(1012);
    await stopped;
  });

  it('does not wait for an agent that does not answer the goodbye', async () => {
    const own = await startTestServer();
    const agent = await TestAgent.connect(own.url, await enrolDevice(own));
    agent.socket.pause();
    const startedMs = performance.now();
    await own.close();
    expect(performance.now() - startedMs).toBeLessThan(3_000);
    agent.socket.terminate();
  });
});

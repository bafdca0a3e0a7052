// Weeks of an agent without a server, over a real connection: what it had to thin is stored, acknowledged and drawn, and is not now.
import { thin } from '@fettle/shared/chunk/thin';
import { HOUR_MS, MINUTE_MS } from '@fettle/shared/time';
import { encodeBlock, encodeThinned } from '@fettle/shared/wire/encode';
import { THINNED_STEP_MS } from '@fettle/shared/wire/limits';
import { recordHash } from '@fettle/shared/wire/record-hash';
import { describe, expect, it } from 'vitest';

import { SYSTEM } from '../domain/actor.ts';
import { ownerOf, shareTestServer } from '../fixture.ts';
import { TestAgent, enrolDevice, randomText } from './test-agent.ts';

const server = shareTestServer();
const CPU = 'system.cpu.utilization';
const cpu = [{ metric: CPU, attributes: {} }];

/** A new device with a session that knows its series. */
const open = async () => {
  const device = await enrolDevice(server());
  const epoch = randomText(16);
  const lanes = { alerts: { epoch: randomText(16), next: 1 }, metrics: { epoch, next: 1 } };
  const agent = await TestAgent.connect(server().url, device, { lanes });
  agent.announce(cpu);
  const get = async (path: string): Promise<unknown> => {
    const headers = await ownerOf(server());
    return (await fetch(`${server().url}/api/v1/devices/${device.id}/${path}`, { headers })).json();
  };
  const mark = async () => (await server().ask('device marks', SYSTEM, { id: device.id })).metrics;
  const again = () => {
    agent.socket.terminate();
    return TestAgent.connect(server().url, device, { lanes });
  };
  return { agent, epoch, get, mark, again };
};

const six = (value: number) => Array<number>(6).fill(value);

/** An hour of 0.2 with a second of 0.9 in each of its minutes. */
const hourFrom = (fromMs: number): Uint8Array => {
  const minutes = Array.from({ length: 60 }, (_, index) =>
    encodeBlock({ t0: fromMs + index * MINUTE_MS, stepMs: 10_000, count: 6 }, [[200, 200, 900, 200, 200, 200]]),
  );
  return thin(minutes, 1)?.[0] ?? Uint8Array.of();
};
const frame = (from: number, seq: number, block: Uint8Array): Uint8Array => encodeThinned({ from, seq }, 0, block);

describe('a thinned record', () => {
  it('is acknowledged for all that it stands for, and drawn with its least and greatest; now stays what is read now', async () => {
    const { agent, epoch, get, mark } = await open();
    const fromMs = Math.floor((Date.now() - 24 * HOUR_MS) / THINNED_STEP_MS) * THINNED_STEP_MS;
    agent.now(Date.now(), [510]);
    agent.socket.send(frame(1, 60, hourFrom(fromMs)));
    agent.batch(61, Date.now() - 30_000, [[500, 505, 510]]);
    const later = hourFrom(fromMs + 2 * HOUR_MS);
    agent.socket.send(frame(62, 121, later));
    await agent.acked('metrics', 121);
    expect(await mark()).toEqual({ epoch, seq: 121, hash: recordHash(later) });

    const drawn = (value: number) => [value, value, value, value, null, null, null, null, null, null, ...six(value)];
    const [from, to] = [fromMs + 20 * MINUTE_MS, fromMs + 3 * HOUR_MS].map((ms) => new Date(ms).toISOString());
    expect(await get(`series?metric=${CPU}&points=16&from=${from}&to=${to}`)).toMatchObject({
      stepMs: THINNED_STEP_MS,
      series: [
        {
          metric: CPU,
          mean: drawn(0.317),
          min: drawn(0.2),
          max: drawn(0.9),
        },
      ],
    });
    expect(await get('latest')).toMatchObject({ [CPU]: [{ value: 0.51 }] });
  });

  it('alone makes nothing current', async () => {
    const { agent, get } = await open();
    agent.socket.send(frame(1, 60, hourFrom(Date.now() - HOUR_MS)));
    await agent.acked('metrics', 60);
    expect(await get('latest')).toEqual({});
  });

  it('that was acknowledged is acknowledged again', async () => {
    const { agent, again } = await open();
    const block = hourFrom(Date.now() - HOUR_MS);
    agent.socket.send(frame(1, 60, block));
    await agent.acked('metrics', 60);
    const next = await again();
    next.announce(cpu);
    next.socket.send(frame(1, 60, block));
    await next.acked('metrics', 60);
    expect(await next.isStillThere()).toBe(true);
  });

  it('that cannot be read is passed with all its range, with poison', async () => {
    const { agent } = await open();
    agent.socket.send(frame(1, 9, Uint8Array.of(1, 0)));
    agent.socket.send(frame(10, 20, hourFrom(Date.now() - HOUR_MS)));
    expect(await agent.hears('poison')).toMatchObject({
      lane: 'metrics',
      seq: 9,
      message: expect.stringMatching(/number of steps is 0/) as string,
    });
    await agent.acked('metrics', 20);
  });

  it.each([
    ['leaves one out', () => frame(2, 9, hourFrom(Date.now())), 'Record 1 of lane metrics is next, not 2.'],
    ['has no place', () => Uint8Array.of(6, 0), 'seq is 0'],
    ['stands for what was never numbered', () => Uint8Array.of(6, 3, 3, 0), 'its range is over 2'],
  ])('that %s ends the session', async (_name, bytes, message) => {
    const { agent } = await open();
    agent.socket.send(bytes());
    expect(await agent.hears('refuse')).toMatchObject({
      code: 'malformed',
      message: expect.stringContaining(message) as string,
    });
  });
});

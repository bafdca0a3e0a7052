// Who is there and who is not, by the real looks at a real fleet, while clocks are set: those of agents, and that of this server.
import { DAY_MS, MINUTE_MS, SECOND_MS } from '@fettle/shared/time';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Device } from '../domain/device.ts';
import type { WriterEvent } from '../domain/event.ts';
import { ruleBookAt, silenceIn } from '../domain/rule-book.ts';
import { timesAt } from '../domain/times.ts';
import { NOW, aDevice, aTold, openWriter } from '../fixture.ts';
import { Fleet } from '../ingest/fleet.ts';
import { ClockWatch } from './clock-watch.ts';
import { lookAtPresence } from './presence.ts';
import { SelfCheck } from './self-check.ts';

const pace = { divisor: 1 };
const times = timesAt(pace);
const silence = silenceIn(ruleBookAt(pace));
const LOOK_MS = 5 * SECOND_MS;
const DONE = { is: 'done' } as const;

const DEVICES: readonly Device[] = [
  aDevice(),
  aDevice({ id: 'd_2', publicKey: 'key-2', class: 'laptop' }),
  aDevice({ id: 'd_3', publicKey: 'key-3', class: 'kiosk', goodbye: 'reboot' }),
  ...Array.from({ length: 12 }, (_, index) =>
    aDevice({ id: `d_of_many_${index}`, publicKey: `many-${index}`, site: `site-${index % 3}` }),
  ),
];

type Step =
  | { readonly is: 'pass'; readonly looks: number }
  | { readonly is: 'come' | 'heard' | 'go' | 'reboot'; readonly device: string };

type Act = (fleet: Fleet, device: string, nowMs: number) => void;

const isThere = (fleet: Fleet, device: string) => fleet.get(device)?.facts.isConnected ?? false;

const ACTS: Readonly<Record<'come' | 'heard' | 'go' | 'reboot', Act>> = {
  come: (fleet, device, nowMs) => fleet.connected(device, fleet.get(device)?.facts.class ?? 'server', nowMs),
  heard: (fleet, device, nowMs) => (isThere(fleet, device) ? fleet.heard(device, nowMs) : undefined),
  reboot: (fleet, device) => (isThere(fleet, device) ? fleet.goodbye(device, 'reboot') : undefined),
  go: (fleet, device) => fleet.disconnected(device),
};

/** @param setBy by how much the wall is set before each step; of two within one look only the first counts */
const play = (steps: readonly Step[], setBy: readonly number[], devices = DEVICES) => {
  const fleet = new Fleet();
  for (const device of devices) fleet.add(device, new Set());
  let steadyMs = 0;
  let wallMs = NOW;
  let isSet = false;
  const selfCheck = new SelfCheck({
    members: () => fleet.all(),
    connected: () => fleet.connectedCount,
    commit: () => Promise.resolve(DONE),
  });
  const clock = new ClockWatch({
    clocks: () => ({ wallMs, steadyMs }),
    followers: [fleet, selfCheck],
    warn: () => undefined,
  });
  const seen: string[] = [];
  const look = () => {
    steadyMs += LOOK_MS;
    wallMs += LOOK_MS;
    isSet = false;
    clock.look();
    lookAtPresence({
      members: () => fleet.all(),
      commit: () => Promise.resolve(DONE),
      moved: (id, change) => fleet.moved(id, change),
      watch: (id, sinceMs) => fleet.watchOf(id, sinceMs),
      heard: (id, atMs) => fleet.heard(id, atMs),
      selfCheck,
      context: () => ({ nowMs: wallMs, times, startedMs: clock.startedMs }),
      silence: () => silence,
    });
    const states = [...fleet.all()].map(({ facts }) => `${facts.presence}${facts.isAlerting ? '!' : ''}`);
    seen.push(states.join(' '));
  };
  for (const [order, step] of steps.entries()) {
    const byMs: number = isSet ? 0 : (setBy[order] ?? 0);
    wallMs += byMs;
    isSet ||= byMs !== 0;
    if (step.is === 'pass') for (let count = 0; count < step.looks; count += 1) look();
    else ACTS[step.is](fleet, step.device, wallMs);
  }
  return seen;
};

describe('a clock that is set by a day', () => {
  const device = fc.constantFrom(...DEVICES.map(({ id }) => id));
  const looks = fc.integer({ min: 1, max: 150 }).map((count): Step => ({ is: 'pass', looks: count }));
  const act = fc.record({ is: fc.constantFrom('come', 'heard', 'go', 'reboot'), device } as const);
  const steps = fc.array(fc.oneof(looks, act), { minLength: 5, maxLength: 40, size: 'max' });
  const setBy = fc.array(fc.constantFrom(0, 0, 0, DAY_MS, -DAY_MS), { minLength: 40, maxLength: 40 });

  it('on this server makes nobody come or go', () => {
    fc.assert(
      fc.property(steps, setBy, (taken, jumps) => {
        expect(play(taken, jumps)).toEqual(play(taken, []));
      }),
      { numRuns: 150 },
    );
  });

  it('on this server: who was gone a minute is no more gone for it, and who stays away is found out', () => {
    const gone: readonly Step[] = [
      { is: 'come', device: 'd_1' },
      { is: 'pass', looks: 40 },
      { is: 'heard', device: 'd_1' },
      { is: 'go', device: 'd_1' },
    ];
    for (const jump of [DAY_MS, -DAY_MS]) {
      const firstOf = (looks: number) =>
        play([...gone, { is: 'pass', looks: 12 }, { is: 'pass', looks }], [0, 0, 0, 0, 0, jump], [aDevice()]).at(-1);
      const silentLooks = (5 * MINUTE_MS) / LOOK_MS;
      expect([firstOf(silentLooks - 13), firstOf(silentLooks - 12)]).toEqual(['online', 'offline!']);
    }
  });

  it('on an agent changes neither its presence nor when it was heard', () => {
    const after = (offMs: number) => {
      const { fettle, writer } = openWriter();
      const { hostname, class: deviceClass, agentVersion } = aDevice();
      const os = 'linux';
      const events: readonly WriterEvent[] = [
        {
          type: 'hello',
          device: 'd_1',
          hostname,
          os,
          class: deviceClass,
          agentVersion,
          bootId: 'boot-2',
          clockOffsetMs: offMs,
        },
        aTold(1, { at: NOW + offMs, since: NOW + offMs }),
        aTold(2, { at: NOW + offMs + MINUTE_MS, since: NOW + offMs, change: 'resolve' }),
      ];
      for (const { outcome } of writer.commit(events, NOW + MINUTE_MS)) expect(outcome.is).toBe('done');
      const { clockOffsetMs, ...device } = fettle.devices.get('d_1') ?? aDevice({ id: 'none' });
      expect(clockOffsetMs).toBe(offMs);
      return { device, open: fettle.alerts.openOf('d_1').map((alert) => alert.rule) };
    };
    for (const offMs of [DAY_MS, -DAY_MS]) expect(after(offMs)).toEqual(after(0));
  });
});

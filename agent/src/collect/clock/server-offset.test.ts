// How far the clock is off by the server's: known from one answer on, whatever happens to the clock here, and never guessed.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DAY_MS, HOUR_MS } from '@fettle/shared/time';
import type { Reason } from '@fettle/shared/wire/record.schema';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';

import { HostError } from '../../host/host.ts';
import { type Collector, type Reading, UnavailableError, available } from '../collector.ts';
import { hostAt } from '../fixture.ts';
import { HandClock } from '../hand-clock.ts';
import { slowOnes } from '../slow.ts';
import { ServerClock } from './server-clock.ts';
import { orServerOffset, serverOffset } from './server-offset.ts';

const folder = mkdtempSync(join(tmpdir(), 'fettle-offset-'));
afterAll(() => rmSync(folder, { recursive: true }));
const { signal } = new AbortController();
const SECOND_MS = 1_000;

describe("the server's clock", () => {
  it.each([
    ['exact', 0, 100, 0.05],
    ['two minutes behind', -120_000, 0, 120],
    ['two minutes ahead', 120_000, 0, 120],
    ['a second ahead, after a slow answer', SECOND_MS, 4_000, 1],
  ])('against one that is %s', (_what, aheadMs, roundTripMs, offsetS) => {
    const server = new ServerClock();
    server.asked(5_000);
    server.heard(1_000_000 + roundTripMs / 2, 5_000 + roundTripMs);
    const wallMs = 1_000_000 + roundTripMs + aheadMs;
    const found = server.offsetS(wallMs, 5_000 + roundTripMs) ?? Number.NaN;
    expect(Math.abs(found - offsetS)).toBeLessThanOrEqual(0.05);
  });

  it('is never further from the truth than half the time that the answer took', () => {
    fc.assert(
      fc.property(fc.nat(4_000), fc.nat(4_000), fc.integer({ min: -DAY_MS, max: DAY_MS }), (there, back, aheadMs) => {
        fc.pre(there + back <= 4_000);
        const server = new ServerClock();
        server.asked(0);
        server.heard(DAY_MS + there, there + back);
        const offsetS = server.offsetS(DAY_MS + there + back + aheadMs, there + back) ?? Number.NaN;
        expect(Math.abs(offsetS - Math.abs(aheadMs) / 1000)).toBeLessThanOrEqual((there + back) / 2000 + 1e-6);
      }),
    );
  });

  it.each<[what: string, tell: (server: ServerClock) => void]>([
    ['nobody has told', () => undefined],
    ['nobody has answered', (server) => server.asked(0)],
    ['nobody was asked for', (server) => server.heard(1, 1)],
    ['that took too long', (server) => (server.asked(0), server.heard(1, 4_001))],
    ['from before the machine was asked', (server) => (server.asked(9), server.heard(1, 8))],
  ])('that %s is not known', (_what, tell) => {
    const server = new ServerClock();
    tell(server);
    expect(server.offsetS(1_000_000, 5_000)).toBeUndefined();
  });

  it('stays known after an answer that took too long', () => {
    const server = heardAt(new HandClock(), 0);
    server.asked(0);
    server.heard(77, 10_000);
    expect(server.offsetS(new HandClock().wallMs(), new HandClock().uptimeMs())).toBe(0);
  });
});

/** A server whose clock is so far behind this one. */
const heardAt = (clock: HandClock, aheadMs: number): ServerClock => {
  const server = new ServerClock();
  server.asked(clock.uptimeMs());
  server.heard(clock.wallMs() - aheadMs, clock.uptimeMs());
  return server;
};

const hostOf = (clock: HandClock) => ({ ...hostAt(folder, clock), wallMs: clock.wallMs, uptimeMs: clock.uptimeMs });

const readBy = (collector: Collector, clock: HandClock): Promise<Reading> =>
  collector.collect(hostOf(clock), { monoMs: 0, signal });

const offsetsOf = ({ samples }: Reading): readonly number[] =>
  samples.flatMap(({ metric, value }) => (metric === 'fettle.time.offset' ? [value] : []));

describe('where nobody asks a time service', () => {
  it('the offset is that to the server, also after a sleep and after someone has set the clock right or wrong', async () => {
    const clock = new HandClock();
    const collector = serverOffset(heardAt(clock, 90_000));
    const seen = async () => offsetsOf(await readBy(collector, clock));
    expect(await seen()).toEqual([90]);
    await clock.pass(HOUR_MS);
    clock.sleep(8 * HOUR_MS);
    expect(await seen()).toEqual([90]);
    clock.set(-90_000);
    expect(await seen()).toEqual([0]);
    clock.set(-7_500);
    expect(await seen()).toEqual([7.5]);
  });

  it('it can be read where there is a link, and nowhere else', async () => {
    const host = hostOf(new HandClock());
    expect(await serverOffset(new ServerClock()).probe(host)).toEqual(available('the clock of the server'));
    expect(await serverOffset(undefined).probe(host)).toMatchObject({ ok: false, reason: { code: 'not_on_this_os' } });
    expect((await readBy(serverOffset(undefined), new HandClock())).samples).toEqual([]);
  });

  it('nothing is said before the server was heard, and why', async () => {
    expect(await readBy(serverOffset(new ServerClock()), new HandClock())).toEqual({
      samples: [],
      partial: [{ code: 'service_broken', detail: 'the server has not told its time yet' }],
    });
  });
});

describe('beside a time service', () => {
  const synchronized = { metric: 'fettle.time.synchronized', attributes: {}, value: 1 } as const;
  const missing: Reason = { code: 'tool_missing', detail: 'neither chrony nor systemd' };
  const service = (answer: Reading | Error): Collector => ({
    ...slowOnes.clock,
    probe: () => Promise.resolve(available('a child')),
    collect: () => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)),
  });
  const read = (answer: Reading | Error, clock = new HandClock(), server = heardAt(clock, 400_000)) =>
    readBy(orServerOffset(service(answer), server), clock);

  it('that measures the offset itself, its measure alone is taken', async () => {
    const answer = { samples: [synchronized, { metric: 'fettle.time.offset', attributes: {}, value: 0.002 }] } as const;
    expect(await read(answer)).toEqual(answer);
  });

  it('that does not say the offset, it is that to the server', async () => {
    const { samples, partial } = await read({ samples: [synchronized], partial: [missing] });
    expect(samples).toEqual([synchronized, { metric: 'fettle.time.offset', attributes: {}, value: 400 }]);
    expect(partial).toEqual([missing]);
  });

  it('that is not there, it is that to the server, and why there is no more is told', async () => {
    const reading = await read(new UnavailableError(missing));
    expect(reading).toMatchObject({ source: 'the clock of the server', partial: [missing] });
    expect(offsetsOf(reading)).toEqual([400]);
  });

  it('that is not there, the server is waited for: nothing is said, and it stays asked', async () => {
    const reading = await read(new UnavailableError(missing), new HandClock(), new ServerClock());
    expect([reading.samples, reading.failed]).toEqual([[], undefined]);
    expect(reading.partial?.map(({ code }) => code)).toEqual(['tool_missing', 'service_broken']);
  });

  it('that fails, the failure is told', async () => {
    const broken: Reading = { samples: [], failed: { code: 'timeout', detail: 'chronyc' } };
    expect(await read(broken)).toEqual(broken);
    await expect(read(new HostError('timeout', 'no child'))).rejects.toThrow('no child');
  });
});

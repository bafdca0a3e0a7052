// Who is told what: by tenant, and no more viewers than can be served.
import * as fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';

import type { Actor } from '../domain/actor.ts';
import { feedEvent } from '../domain/view.ts';
import { NOW, aDevice } from '../fixture.ts';
import { Hub } from './hub.ts';
import type { Sink } from './viewer.ts';

const person = (tenants: 'all' | readonly string[]): Actor => ({
  kind: 'person',
  id: 'p_1',
  name: 'Kim',
  role: 'owner',
  tenants,
});

const event = (seq: number, tenant: string) =>
  feedEvent({ kind: 'device', change: 'changed', device: aDevice({ tenant }) }, aDevice({ tenant }), {
    seq,
    atMs: NOW,
  });

const NOTHING = { at: null, cpu: null, memory: null, fullestVolume: null };

/** Another thread takes a moment to answer. */
const hop = () => new Promise(setImmediate);

/** @param log what is kept: it may grow */
const bench = (log: readonly ReturnType<typeof event>[] = []) => {
  const asked: string[] = [];
  const hub = new Hub({
    since: async ({ tenants }, after) => {
      await hop();
      const found = log.filter(({ seq, tenant }) => seq > after && (tenants === 'all' || tenants.includes(tenant)));
      await hop();
      return found;
    },
    range: async () => {
      await hop();
      return { first: log[0]?.seq ?? 0, last: log.at(-1)?.seq ?? 0 };
    },
    tenantOf: (device) => ({ d_acme: 'acme', d_home: 'home' })[device],
    latestOf: () => ({}),
    readingsOf: () => NOTHING,
    watchDevice: (device) => asked.push(device),
    nowMs: () => NOW,
  });
  onTestFinished(() => hub.close());
  const join = (
    tenants: 'all' | readonly string[],
    after?: number,
    stands: () => Promise<boolean> = async () => true,
  ) => {
    const told: number[] = [];
    const sink: Sink = {
      event: ({ seq }) => told.push(seq),
      snapshot: (seq) => told.push(-seq),
      bufferedBytes: () => 0,
      close: () => undefined,
    };
    const viewer = hub.join({ actor: person(tenants), sink, stands }, after);
    return { viewer, told };
  };
  return { hub, join, asked };
};

describe('a viewer of some tenants', () => {
  it('is told of theirs only, of the past and of the present, and comes to the end of the log all the same', async () => {
    const { hub, join } = bench([event(1, 'acme'), event(2, 'home'), event(3, 'acme'), event(4, 'home')]);
    await hub.start();
    const [acme, home, nobody, all] = [join(['acme'], 0), join(['home'], 0), join([], 0), join('all', 0)];
    await expect.poll(() => all.told).toEqual([1, 2, 3, 4]);
    hub.publish([event(5, 'acme'), event(6, 'home')]);
    expect([acme.told, home.told, nobody.told, all.told]).toEqual([[1, 3, 5], [2, 4, 6], [], [1, 2, 3, 4, 5, 6]]);
  });

  it('sees no readings of a device of another, and wakes none', () => {
    const { hub, join, asked } = bench();
    const shown: string[] = [];
    const { viewer } = join(['acme']);
    if (!viewer) throw new Error('no viewer');
    const sink = {
      readings: (device: string) => shown.push(device),
      latest: (device: string) => shown.push(`all of ${device}`),
    };
    hub.watch(viewer, sink, { devices: ['d_home', 'd_acme', 'd_none'], detail: 'd_home' });
    expect([shown, asked]).toEqual([['d_acme'], []]);
    hub.watch(viewer, sink, { devices: [], detail: 'd_acme' });
    expect([shown, asked]).toEqual([['d_acme', 'all of d_acme'], ['d_acme']]);
  });
});

it('a viewer is told each event once and in order, whatever is kept, told and read at the same time', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('keep', 'tell', 'wait'), { maxLength: 60 }),
      fc.nat(10),
      fc.nat(20),
      async (steps, before, joinsAt) => {
        const log = Array.from({ length: before }, (_, index) => event(index + 1, 'acme'));
        const { hub, join } = bench(log);
        await hub.start();
        let toldUpTo = log.length;
        // on the disk first, and told a moment later: who reads in between finds it there already
        const tell = () => {
          hub.publish(log.slice(toldUpTo));
          toldUpTo = log.length;
        };
        const viewers: ReturnType<typeof join>[] = [];
        for (const [index, step] of steps.entries()) {
          if (index === joinsAt) viewers.push(join('all', 0));
          if (step === 'keep') log.push(event(log.length + 1, 'acme'));
          else if (step === 'tell') tell();
          else await hop();
        }
        tell();
        for (let count = 0; count < 20; count += 1) await hop(); // what was asked is answered
        for (const { told } of viewers) expect(told).toEqual(log.map(({ seq }) => seq));
      },
    ),
    { numRuns: 200, seed: 20_261_123 },
  );
});

it('a thousand viewers are enough; one who leaves makes room', () => {
  const { hub, join } = bench();
  const viewers = Array.from({ length: 1_000 }, () => join('all').viewer);
  expect(viewers.every((viewer) => viewer !== undefined)).toBe(true);
  expect(join('all').viewer).toBeUndefined();
  const [first] = viewers;
  if (first) hub.leave(first);
  expect(join('all').viewer).toBeDefined();
  expect(hub.size).toBe(1_000);
});

describe('one who is shut out', () => {
  it('is told nothing more, and the others are', async () => {
    const { hub, join } = bench();
    let isIn = true;
    const [out, other] = [join(['acme'], undefined, async () => isIn), join(['acme'])];
    await hub.lookAgain('all');
    expect(out.viewer?.isClosed).toBe(false);
    isIn = false;
    await hub.lookAgain('newcomers'); // neither is one any more
    expect(out.viewer?.isClosed).toBe(false);
    await hub.lookAgain('all');
    hub.publish([event(1, 'acme')]);
    expect([out.viewer?.isClosed, out.told, other.viewer?.isClosed, other.told]).toEqual([true, [], false, [1]]);
  });

  it('while they come in is found by the next look', async () => {
    const { hub, join } = bench();
    const { viewer } = join('all', undefined, async () => false);
    await hub.lookAgain('newcomers');
    expect(viewer?.isClosed).toBe(true);
  });
});

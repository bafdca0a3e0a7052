// Whatever answer is lost on the way, both sides end the same.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { NOW, aTold } from '../fixture.ts';
import { open } from './sync-fixture.ts';
import type { Fate, TrackedTicket } from './test-tracker.ts';

describe('whatever is lost on the way', () => {
  const act = fc.oneof(
    fc.record({ do: fc.constantFrom('note', 'resolve', 'write', 'set resolved', 'set open', 'reopen') }),
    fc.record({
      do: fc.constant('sync'),
      fates: fc.array(fc.constantFrom<Fate>('well', 'well', 'answer lost', 'not done'), { maxLength: 9 }),
      failing: fc.array(fc.boolean(), { maxLength: 6 }),
    }),
  );

  it('each word arrives once on the other side, there is one ticket, and both agree whether it is done', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 3, maxLength: 14 }), async (acts) => {
        const { tracker, later, note, notes, ticket, resolve, write, failing, link } = await open();
        const [here, there]: [string[], string[]] = [[], []];
        let seq = 1;
        const reopen = (): void => {
          write(aTold((seq += 1), { change: 'resolve', at: NOW + seq }));
          write(aTold((seq += 1), { at: NOW + seq }));
        };
        /** Nobody there can do anything with what is not there. */
        const onIt = (work: (tracked: TrackedTicket) => void) => (): void => {
          const [tracked] = tracker.tickets;
          if (tracked) work(tracked);
        };
        const deeds: Readonly<Record<string, () => void>> = {
          note: () => {
            here.push(`here ${here.length}`);
            note(here.at(-1) ?? '');
          },
          resolve: () => void resolve(),
          reopen,
          write: onIt(({ id }) => {
            there.push(`there ${there.length}`);
            tracker.write(id, there.at(-1) ?? '');
          }),
          'set resolved': onIt((tracked) => tracker.set(tracked, 'resolved')),
          'set open': onIt((tracked) => tracker.set(tracked, 'open')),
        };
        const does = async (step: (typeof acts)[number]): Promise<void> => {
          deeds[step.do]?.();
          if (!('fates' in step)) return;
          tracker.fates = [...step.fates];
          failing.push(...step.failing);
          await later();
          tracker.fates = [];
          failing.length = 0;
        };
        for (const step of acts) await does(step);
        for (let round = 0; round < 4; round += 1) await later(3_600_000);
        expect(link()).toMatchObject({ problem: '', externalId: '1' });
        expect(tracker.tickets).toHaveLength(1);
        const told = tracker.entries.map(({ text }) => text);
        expect(here.map((text) => told.filter((line) => line === `kim: ${text}`).length)).toEqual(here.map(() => 1));
        const came = notes().map(({ text }) => text);
        expect(there.map((text) => came.filter((line) => line === text).length)).toEqual(there.map(() => 1));
        if (tracker.tickets[0]?.status === 'resolved') expect(ticket().state).toMatch(/resolved|closed/);
      }),
      { numRuns: 40, seed: 20_261_123 },
    );
  }, 60_000);
});

// Nothing lost, nothing twice in a session, nothing out of order, whatever happens in between.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { EPOCH, NOTHING, createOutbox, createSession } from '../sender-fixture.ts';
import { type Lane, lanes } from './outbox.ts';

describe('whatever is appended, acknowledged and cut off', () => {
  type Step =
    | { readonly do: 'append'; readonly lane: Lane }
    | { readonly do: 'ack'; readonly lane: Lane; readonly share: number }
    | { readonly do: 'reconnect'; readonly share: number };
  const lane = fc.constantFrom(...lanes);
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const steps: fc.Arbitrary<readonly Step[]> = fc.array(
    fc.oneof(
      { weight: 6, arbitrary: fc.record({ do: fc.constant('append' as const), lane }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('ack' as const), lane, share }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('reconnect' as const), share }) },
    ),
    { maxLength: 80 },
  );
  /** Small enough that records are dropped in some runs. */
  const maxBytes = fc.constantFrom(400, 1e6);

  it('every record arrives as it was or in a gap, in order, and no more are on their way than granted', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 5 }), maxBytes, async (run, window, bytes) => {
        const { spool, outbox, append } = createOutbox(bytes);
        const durable = { ...NOTHING };
        const kept = { alerts: new Map<number, unknown>(), metrics: new Map<number, unknown>() };
        /** The server has on its disk what arrived up to a point between its mark and the last arrival. */
        const commit = (session: ReturnType<typeof createSession>, name: Lane, part: number) => {
          const seqs = session.arrivals.filter((one) => one.lane === name && one.seq > durable[name]);
          for (const { seq, content } of seqs.slice(0, Math.round(part * seqs.length))) {
            durable[name] = seq;
            kept[name].set(seq, content);
          }
        };
        let session = createSession(outbox, durable, window);
        for (const step of [...run, { do: 'reconnect', share: 0 } as const]) {
          if (step.do === 'append') await append(step.lane);
          if (step.do === 'ack') {
            commit(session, step.lane, step.share);
            session.ack(step.lane, durable[step.lane]);
          }
          if (step.do === 'reconnect') {
            for (const name of lanes) commit(session, name, step.share); // of which no acknowledgement came through
            session.sender.end();
            for (const name of lanes) outbox.ack(name, EPOCH, durable[name]);
            session = createSession(outbox, { ...durable }, window);
          }
          await session.sender.pump();
          for (const name of lanes) expect(session.unacked[name]).toBeLessThanOrEqual(window);
        }
        for (const name of lanes) {
          const issued = spool.counts(name).nextSeq - 1;
          while (durable[name] < issued) {
            commit(session, name, 1);
            session.ack(name, durable[name]);
            await session.sender.pump();
          }
          expect(spool.counts(name).pending).toBe(0);
          expect(accountedFor(kept[name])).toBe(issued);
        }
      }),
      { numRuns: 200 },
    );
  });
});

/** Counts records and what gaps stand for; each record must be the one of its number. */
const accountedFor = (kept: ReadonlyMap<number, unknown>): number =>
  [...kept].reduce((sum, [seq, content]) => {
    if (typeof content === 'number') expect(content).toBe(seq);
    return sum + (typeof content === 'number' ? 1 : (content as { count: number }).count);
  }, 0);

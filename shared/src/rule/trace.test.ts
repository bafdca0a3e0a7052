import { describe, expect, it } from 'vitest';

import { MINUTE_MS } from '../time.ts';
import { compileRule } from './compile.ts';
import { pack } from './pack.ts';
import { isJudged } from './rule.ts';
import { initialState } from './step.ts';
import { type TraceEntry, runTrace } from './trace.ts';

const found = pack.filter(isJudged).find(({ id }) => id === 'service.stopped');
if (!found) throw new Error('the pack has service.stopped');
const at = (minute: number, value: number): TraceEntry => ({ at: minute * MINUTE_MS, row: [value] });
const run = (...trace: readonly TraceEntry[]) => runTrace(compileRule(found, 'server'), MINUTE_MS, trace);

describe('runTrace', () => {
  it('of nothing is nothing', () => {
    expect(run()).toEqual({ changes: [], openMs: 0, state: initialState(0) });
  });

  it('counts the time held open up to the last entry, whether it is over or not', () => {
    expect(run(at(0, 0), at(1, 0), at(2, 0), at(3, 0), at(4, 0)).openMs).toBe(2 * MINUTE_MS);
    expect(run(at(0, 0), at(1, 0), at(2, 0), at(3, 1), at(4, 1), at(5, 1), at(9, 1))).toMatchObject({
      openMs: 3 * MINUTE_MS,
      changes: [
        { change: 'fire', at: 2 * MINUTE_MS },
        { change: 'resolve', at: 5 * MINUTE_MS, reason: 'recovered' },
      ],
      state: { phase: 'ok' },
    });
  });

  it('knows what is not a reading: failures freeze, what is gone ends', () => {
    const fired = [at(0, 0), at(1, 0), at(2, 0)];
    const failed: TraceEntry = { at: 3 * MINUTE_MS, input: { kind: 'nothing', reason: 'timeout' } };
    const gone: TraceEntry = { at: 4 * MINUTE_MS, input: { kind: 'gone' } };
    expect(run(...fired, failed).state).toMatchObject({ phase: 'firing', stale: 'timeout' });
    expect(run(...fired, failed, gone)).toMatchObject({
      openMs: 2 * MINUTE_MS,
      changes: [{ change: 'fire' }, { change: 'resolve', reason: 'instance removed', at: 4 * MINUTE_MS }],
    });
  });

  it('keeps as many readings as the rule looks back, however long the trace', () => {
    const long = Array.from({ length: 5_000 }, (_, minute) => at(minute, minute === 4_000 ? 0 : 1));
    expect(run(...long).changes).toEqual([]);
  });
});

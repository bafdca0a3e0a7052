import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '@fettle/shared/time';
import type { Run } from '@fettle/shared/wire/agent-message.schema';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { NOW } from '../../fixture.ts';
import { type Return, absenceOf, absenceText } from './absence.ts';

const KNOWN = { bootId: 'boot-1', agentVersion: '0.1.0' };
const RUN: Run = { uptimeMs: 9 * DAY_MS, agentMs: 8 * DAY_MS, asleepMs: 0, lastEnd: 'stopped' };

/** Back after two hours, with the same agent in the same boot. */
const back = ({
  run = {},
  ...change
}: Partial<Omit<Return, 'run'>> & { readonly run?: Partial<Run> } = {}): Return => ({
  fromMs: NOW - 2 * HOUR_MS,
  toMs: NOW,
  goodbye: null,
  before: KNOWN,
  now: KNOWN,
  wasHeard: true,
  ...change,
  run: { ...RUN, ...run },
});

const other = { ...KNOWN, bootId: 'boot-2' };
const booted = { uptimeMs: MINUTE_MS, agentMs: 30 * SECOND_MS };

describe('the end of the agent before', () => {
  it.each([
    ['was ended by SIGSEGV', { how: 'signal', code: 11 }],
    ['was ended by signal 31', { how: 'signal', code: 31 }],
    ['ended with code 7', { how: 'exit', code: 7 }],
    ['did not answer any more and was killed by its host', { how: 'stuck', code: 9 }],
  ] as const)('%s', (words, crash) => {
    const run = { agentMs: MINUTE_MS, lastEnd: 'killed', crash: { at: NOW, ...crash } } as const;
    const found = absenceOf(back({ run }));
    expect([found?.kind, found?.evidence]).toEqual(['agent died', expect.stringContaining(words)]);
  });
});

describe('an absence', () => {
  it.each([
    ['network', 'with the same agent and no sleep', back()],
    ['network', 'most of which the machine was awake', back({ run: { asleepMs: 50 * MINUTE_MS } })],
    ['asleep', 'most of which the machine slept', back({ run: { asleepMs: 70 * MINUTE_MS } })],
    ['asleep', 'after it said so', back({ goodbye: 'suspend' })],
    ['stopped', 'with a new agent, the one before told to stop', back({ run: { agentMs: MINUTE_MS } })],
    ['stopped', 'with its word for it', back({ goodbye: 'stop', run: { agentMs: MINUTE_MS, lastEnd: 'unknown' } })],
    ['agent died', 'with a new agent, the one before killed', back({ run: { agentMs: MINUTE_MS, lastEnd: 'killed' } })],
    ['agent died', 'with a new agent alone', back({ run: { agentMs: MINUTE_MS, lastEnd: 'unknown' } })],
    ['updated', 'with another version', back({ now: { ...KNOWN, agentVersion: '0.2.0' }, run: { agentMs: 5_000 } })],
    ['updated', 'after it said so', back({ goodbye: 'update', run: { agentMs: 5_000 } })],
    ['off', 'with a new boot after an end in order', back({ now: other, run: booted })],
    [
      'off',
      'with a new boot after a goodbye',
      back({ now: other, goodbye: 'shutdown', run: { ...booted, lastEnd: 'killed' } }),
    ],
    ['rebooted', 'after it said so', back({ now: other, goodbye: 'reboot', run: { ...booted, lastEnd: 'unknown' } })],
    [
      'rebooted',
      'down for minutes',
      back({ now: other, run: { uptimeMs: 111 * MINUTE_MS, agentMs: 110 * MINUTE_MS } }),
    ],
    ['crashed', 'with a new boot and no end', back({ now: other, run: { ...booted, lastEnd: 'killed' } })],
    [
      'crashed',
      'asleep until the battery was empty',
      back({ now: other, goodbye: 'suspend', run: { ...booted, lastEnd: 'killed' } }),
    ],
    [
      'unknown',
      'with a new boot, and nothing known of the end',
      back({ now: other, run: { ...booted, lastEnd: 'unknown' } }),
    ],
  ] as const)('is %s %s', (kind, _title, facts) => {
    expect(absenceOf(facts)?.kind).toBe(kind);
  });

  it.each([
    ['asleep', { goodbye: 'suspend' }],
    ['stopped', { goodbye: 'stop' }],
    ['updated', { goodbye: 'update' }],
    ['unknown', {}],
    ['off', { now: other, goodbye: 'stop' }],
    ['rebooted', { now: other, goodbye: 'reboot' }],
    ['unknown', { now: other }],
  ] as const)('of an agent that is too old to say is %s by its goodbye and boot: %j', (kind, change) => {
    expect(absenceOf({ ...back(change), run: undefined })?.kind).toBe(kind);
  });

  it('is none when the device was not here before, or hardly away', () => {
    const short = { fromMs: NOW - MINUTE_MS + 1 };
    expect(absenceOf(back({ before: { ...KNOWN, bootId: '' } }))).toBeUndefined();
    expect(absenceOf(back(short))).toBeUndefined();
    expect(absenceOf({ ...back(short), run: undefined })).toBeUndefined();
  });

  it('is none when this server was away itself, unless the device says more', () => {
    expect(absenceOf(back({ wasHeard: false }))).toBeUndefined();
    expect(absenceOf(back({ wasHeard: false, run: { asleepMs: 2 * HOUR_MS } }))?.kind).toBe('asleep');
    expect(absenceOf(back({ wasHeard: false, now: other, run: { ...booted, lastEnd: 'killed' } }))?.kind).toBe(
      'crashed',
    );
  });

  it('of seconds is one all the same when the machine or its agent began anew', () => {
    const short = { fromMs: NOW - 15 * SECOND_MS };
    expect(absenceOf(back({ ...short, run: { agentMs: 5_000, lastEnd: 'killed' } }))?.kind).toBe('agent died');
    const crash = { ...short, now: other, run: { uptimeMs: 9_000, agentMs: 5_000, lastEnd: 'killed' } } as const;
    expect(absenceOf(back(crash))?.kind).toBe('crashed');
  });

  it('says in words what it is known by', () => {
    const died = absenceOf(back({ run: { agentMs: MINUTE_MS, lastEnd: 'killed' } }));
    expect(died && absenceText(died).replaceAll('\u00A0', ' ')).toBe(
      'Back after 2 h: its agent had died, the machine was there. ' +
        'The machine ran on (up for 9 d), its agent was started anew: the one before ended without a word.',
    );
  });

  it('is never called a crash without a new boot, nor a network’s doing with one', () => {
    const aRun = fc.record({
      uptimeMs: fc.nat(DAY_MS),
      agentMs: fc.nat(DAY_MS),
      asleepMs: fc.nat(DAY_MS),
      lastEnd: fc.constantFrom('stopped', 'killed', 'unknown'),
    });
    const goodbye = fc.constantFrom(null, 'stop', 'suspend', 'shutdown', 'reboot', 'update', 'uninstall');
    const aReturn = fc.record({ run: aRun, goodbye, awayMs: fc.nat(DAY_MS), isNewBoot: fc.boolean() });
    fc.assert(
      fc.property(aReturn, ({ run, goodbye: said, awayMs, isNewBoot }) => {
        const now = isNewBoot ? other : KNOWN;
        const kind = absenceOf(back({ fromMs: NOW - awayMs, now, goodbye: said, run }))?.kind;
        const ofMachine = new Set(['off', 'rebooted', 'crashed']);
        if (kind !== undefined && kind !== 'unknown') expect(ofMachine.has(kind)).toBe(isNewBoot);
        if (isNewBoot) expect(kind).toBeDefined();
      }),
    );
  });
});

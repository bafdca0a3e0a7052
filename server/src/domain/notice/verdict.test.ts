import type { Severity } from '@fettle/shared/alert/alert';
import { array, assert, constantFrom, option, property } from 'fast-check';
import { describe, expect, it } from 'vitest';

import { aTicket, anAlert } from '../../fixture.ts';
import { type Standing, type Subject, alertSubject, ticketSubject } from './subject.ts';
import { verdictOf } from './verdict.ts';

const STATES = { open: 'open', quieted: 'acked', over: 'resolved' } as const;

const about = (standing: Standing, severity: Severity = 'warning'): Subject =>
  alertSubject(
    { ...anAlert({ state: STATES[standing], severity }), presence: 'online' },
    {
      deviceName: 'srv-01',
      title: 'Disk',
      ticket: null,
      labels: {},
    },
  );

describe('what is told', () => {
  it.each<[string, readonly string[], Subject | undefined, Severity | undefined, string]>([
    ['new', ['alert.fired'], about('open'), undefined, 'firing alert.fired'],
    [
      'new, and raised meanwhile',
      ['alert.fired', 'alert.raised'],
      about('open', 'critical'),
      undefined,
      'firing alert.raised',
    ],
    ['back, and known', ['alert.resolved', 'alert.reopened'], about('open'), 'warning', 'it was told already'],
    ['back as something worse', ['alert.reopened'], about('open', 'critical'), 'warning', 'firing alert.reopened'],
    ['over', ['alert.resolved'], about('over'), 'warning', 'resolved alert.resolved'],
    [
      'over, and nobody knew',
      ['alert.fired', 'alert.resolved'],
      about('over'),
      undefined,
      'it was over before it was told',
    ],
    ['over without a word of its end', ['alert.fired'], about('over'), 'warning', 'it is over'],
    ['an end of what goes on', ['alert.resolved'], about('open'), 'warning', 'it goes on'],
    ['acknowledged', ['alert.fired'], about('quieted'), undefined, 'a person knows of it'],
    ['to be repeated', ['notice.repeated'], about('open'), 'warning', 'firing notice.repeated'],
    ['to be repeated, but acknowledged', ['notice.repeated'], about('quieted'), 'warning', 'a person knows of it'],
    ['gone', ['alert.fired'], undefined, 'warning', 'it is gone'],
    ['a warning of an SLA', ['sla.warning'], ticketSubject(aTicket(), 'srv-01'), 'warning', 'firing sla.warning'],
    [
      'an SLA of a ticket that is done',
      ['sla.breached'],
      ticketSubject(aTicket({ state: 'resolved' }), 'srv-01'),
      undefined,
      'it was over before it was told',
    ],
  ])('%s', (...[, kinds, subject, told, expected]) => {
    const verdict = verdictOf(kinds, subject, told);
    expect(verdict.is === 'tell' ? `${verdict.status} ${verdict.why}` : verdict.why).toBe(expected);
  });

  it('is never the end of what was not told, nor anything of what a person knows', () => {
    const kind = constantFrom(
      'alert.fired',
      'alert.reopened',
      'alert.raised',
      'alert.resolved',
      'notice.repeated',
      'notice.escalated',
    );
    const standing = constantFrom<Standing>('open', 'quieted', 'over');
    const severity = constantFrom<Severity>('warning', 'critical');
    assert(
      property(
        array(kind, { minLength: 1, maxLength: 8 }),
        standing,
        severity,
        option(severity, { nil: undefined }),
        (kinds, now, worst, told) => {
          const verdict = verdictOf(kinds, about(now, worst), told);
          if (verdict.is !== 'tell') return;
          if (verdict.status === 'resolved') expect([now, told === undefined]).toEqual(['over', false]);
          else expect(now).toBe('open');
        },
      ),
    );
  });
});

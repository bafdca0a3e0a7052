import type { TicketState } from '@fettle/shared/api/alert.schema';
import { describe, expect, it } from 'vitest';

import { NOW, aTicket } from '../../fixture.ts';
import { timesAt } from '../times.ts';
import { type OwnAct, decideAct, faultOfAct } from './decide.ts';
import { personTicket } from './opening.ts';
import type { TicketWait } from './ticket.ts';

const asked = { by: 'eva', nowMs: NOW, times: timesAt({ divisor: 1 }), categories: [] };
const wait = (change: Partial<TicketWait>): OwnAct => ({
  do: 'wait',
  wait: { for: 'vendor', untilMs: null, reason: '', ...change },
});

const ACTS: readonly (readonly [act: OwnAct, states: readonly TicketState[], becomes: string])[] = [
  [{ do: 'take' }, ['new', 'open', 'waiting'], 'open taken'],
  [{ do: 'assign', to: 'otto' }, ['new', 'open', 'waiting'], 'open assigned'],
  [{ do: 'note', text: 'x' }, ['new', 'open', 'waiting', 'resolved', 'closed'], 'open noted'],
  [{ do: 'comment', text: 'x', from: 'technician' }, ['new', 'open', 'waiting', 'resolved'], 'open commented'],
  [{ do: 'comment', text: 'x', from: 'requester' }, ['new', 'open', 'waiting', 'resolved'], 'open commented'],
  [wait({}), ['new', 'open', 'waiting'], 'waiting waiting'],
  [{ do: 'continue' }, ['waiting'], 'open continued'],
  [{ do: 'resolve', text: 'x' }, ['new', 'open', 'waiting'], 'resolved resolved'],
  [{ do: 'leave', untilMs: NOW + 1, text: '' }, ['new', 'open', 'waiting'], 'resolved resolved'],
  [{ do: 'close' }, ['resolved'], 'closed closed'],
  [{ do: 'reopen', text: 'x' }, ['resolved'], 'open reopened'],
  [{ do: 'file', filing: { category: 'mail' } }, ['new', 'open', 'waiting'], 'open changed'],
  [{ do: 'spend time', minutes: 5, text: '' }, ['new', 'open', 'waiting', 'resolved', 'closed'], 'open noted'],
];
const STATES: readonly TicketState[] = ['new', 'open', 'waiting', 'resolved', 'closed'];

describe.each(ACTS)('%j', (act, states, becomes) => {
  const ticketIn = (state: TicketState) =>
    aTicket({ state, wait: state === 'waiting' ? { for: 'customer', untilMs: null, reason: '' } : null });

  it('can be done in its states, and in no others', () => {
    const can = STATES.filter((state) => decideAct(ticketIn(state), act, asked).is === 'step');
    expect(can).toEqual(states);
    const no = STATES.find((state) => !states.includes(state));
    if (no)
      expect(faultOfAct(ticketIn(no), act)).toMatchObject({
        code: 'ticket_closed',
        why: `The ticket is ${no}: that cannot be done with it now.`,
      });
  });

  it('makes of it what it should', () => {
    const state = states.includes('open') ? 'open' : (states[0] ?? 'open');
    const decision = decideAct(ticketIn(state), act, asked);
    const step = decision.is === 'step' ? decision.step : {};
    expect(`${step.ticket?.state} ${step.note?.what}`).toBe(becomes);
  });
});

describe('what is refused says why', () => {
  it.each([
    ['a wait until yesterday', wait({ untilMs: NOW }), 'date_past'],
    ['a date for it that there is not', wait({ for: 'scheduled' }), 'date_missing'],
    ['on hold without a reason', wait({ for: 'hold' }), 'reason_missing'],
    ['left until yesterday', { do: 'leave', untilMs: NOW, text: '' } satisfies OwnAct, 'date_past'],
    ['a category that is not there', { do: 'file', filing: { category: 'fax' } } satisfies OwnAct, 'category_unknown'],
  ] as const)('%s', (_name, act, code) => {
    expect(decideAct(aTicket(), act, { ...asked, categories: ['mail', 'print'] })).toMatchObject({
      is: 'refused',
      code,
    });
  });

  it.each([
    ['with a date', wait({ for: 'scheduled', untilMs: NOW + 1 })],
    ['with a reason', wait({ for: 'hold', reason: 'x' })],
    ['a category that is there', { do: 'file', filing: { category: 'mail' } } satisfies OwnAct],
    ['no category', { do: 'file', filing: { category: null } } satisfies OwnAct],
    ['another priority', { do: 'file', filing: { priority: 'low' } } satisfies OwnAct],
  ])('but not %s', (_name, act) => {
    expect(decideAct(aTicket(), act, { ...asked, categories: ['mail'] }).is).toBe('step');
  });
});

it('a person opens a ticket: it is theirs to say how urgent it is, and nothing resolves it by itself', () => {
  const said = { subject: 'Mail', body: '', priority: 'high', requester: 'ann', category: null, device: null } as const;
  const made = { id: 't_9', number: 'ACME-9', tenant: 'acme', site: '', by: 'eva', nowMs: NOW };
  const [one, given] = [null, 'otto'].map((assignee) => personTicket({ ...said, assignee }, made).ticket);
  expect(one).toMatchObject({ ...said, id: 't_9', state: 'new', rule: '', isTouched: true, version: 1, fires: 0 });
  expect([given?.state, given?.assignee]).toEqual(['open', 'otto']);
  expect(personTicket({ ...said, assignee: null }, { ...made, id: 't_8' }).ticket?.key).not.toBe(one?.key);
});

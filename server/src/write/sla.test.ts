// The clocks of tickets as the writer keeps them: who is told, when, and once; over stops of the server and changes of what is promised.
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import type { Actor } from '../domain/actor.ts';
import type { WriterEvent } from '../domain/event.ts';
import { STANDARD } from '../domain/sla/calendar.ts';
import { STANDARD_TERMS, type Terms } from '../domain/sla/terms.ts';
import type { TicketAct } from '../domain/ticket/decide.ts';
import { NOW, aTold, openWriter } from '../fixture.ts';

const eva: Actor = { kind: 'person', id: 'p_1', name: 'eva', role: 'owner', tenants: 'all' };
const stranger: Actor = { ...eva, tenants: ['bistro'] };
/** Monday at nine, by UTC. */
const NINE = NOW - 3 * HOUR_MS;

const open = (folder?: string) => {
  const stores = openWriter(folder);
  const { fettle, writer } = stores;
  const commit = (event: WriterEvent, nowMs = NINE) => writer.commit([event], nowMs)[0]?.outcome;
  const due = (nowMs: number) => commit({ type: 'due' }, nowMs);
  const ask = (priority: 'critical' | 'high' | 'normal' = 'high', nowMs = NINE): string => {
    const ticket = {
      subject: 'Mail',
      body: '',
      priority,
      requester: 'ann',
      category: null,
      assignee: null,
      device: null,
    };
    const made = commit({ type: 'open ticket', actor: eva, tenant: 'acme', ticket }, nowMs);
    return made?.is === 'made' ? made.id : '';
  };
  const act = (ticket: string, act_: TicketAct, nowMs: number) =>
    commit({ type: 'act on ticket', actor: eva, ticket, version: null, act: act_ }, nowMs);
  const stages = (id: string) =>
    fettle.sla.stages(id).map(({ clock, stage, isLate }) => `${clock} ${stage}${isLate ? ' late' : ''}`);
  const mails = () =>
    fettle.db
      .prepare<[], { kind: string }>("SELECT kind FROM outbox WHERE kind LIKE 'sla.%' ORDER BY id")
      .all()
      .map(({ kind }) => kind);
  const putTerms = (terms: Terms, version = 0, nowMs = NINE) =>
    commit({ type: 'put terms', actor: eva, tenant: 'acme', version, terms }, nowMs);
  const putCalendar = (change: object = {}) =>
    commit({
      type: 'put calendar',
      actor: eva,
      id: null,
      version: 0,
      tenant: 'acme',
      name: 'Office',
      calendar: STANDARD,
      ...change,
    });
  return { ...stores, commit, due, ask, act, stages, mails, putTerms, putCalendar };
};

describe('a ticket of high priority, opened on Monday at nine', () => {
  it('is warned of at three quarters and at 90 %, and breached, right to the moment and once', () => {
    const { ask, due, stages, mails } = open();
    const id = ask();
    due(NINE + 3 * HOUR_MS - 1);
    expect(stages(id)).toEqual([]);
    due(NINE + 3 * HOUR_MS);
    due(NINE + 3 * HOUR_MS + 1);
    expect(stages(id)).toEqual(['response 75']);
    due(NINE + 3.6 * HOUR_MS);
    due(NINE + 4 * HOUR_MS);
    expect([stages(id), mails()]).toEqual([
      ['response 75', 'response 90', 'response breach'],
      ['sla.warning', 'sla.warning', 'sla.breached'],
    ]);
  });

  it('over a stop of the server: what was missed comes once, late, in the next hours, and the last of it is mailed', () => {
    const first = open();
    const id = first.ask();
    first.close();
    const again = open(first.folder);
    again.due(NINE + 12 * HOUR_MS);
    expect(again.stages(id)).toEqual([]);
    for (const at of [DAY_MS, DAY_MS + 1_000]) again.due(NINE + at);
    // eight hours have gone by: both clocks are over
    expect(new Set(again.stages(id))).toEqual(
      new Set(
        ['response', 'resolution'].flatMap((clock) => ['75', '90', 'breach'].map((stage) => `${clock} ${stage} late`)),
      ),
    );
    expect(again.stages(id)).toHaveLength(6);
    expect(again.mails()).toEqual(['sla.breached', 'sla.breached']);
  });

  it('that is critical does not wait for the hours', () => {
    const { ask, due, mails } = open();
    ask('critical');
    due(NINE + 12 * HOUR_MS);
    expect(mails()).toEqual(['sla.breached', 'sla.breached']);
  });

  it('that is answered and waits is left alone, and is due that much later', () => {
    const { ask, act, due, stages, fettle } = open();
    const id = ask();
    act(id, { do: 'wait', wait: { for: 'customer', untilMs: null, reason: '' } }, NINE + HOUR_MS);
    expect(fettle.sla.soonest({ tenants: undefined, limit: 9 })).toEqual([]);
    due(NINE + 7 * HOUR_MS);
    expect(stages(id)).toEqual([]);
    act(id, { do: 'comment', from: 'requester', text: 'Here.' }, NINE + DAY_MS);
    const [next] = fettle.sla.soonest({ tenants: ['acme'], limit: 9 });
    expect(next).toMatchObject({ ticket: id, responseMs: null, resolutionMs: NINE + DAY_MS + 7 * HOUR_MS });
    expect(fettle.sla.soonest({ tenants: ['bistro'], limit: 9 })).toEqual([]);
  });

  it('that is resolved has nothing due any more', () => {
    const { ask, act, due, stages, fettle } = open();
    const id = ask();
    act(id, { do: 'resolve', text: 'Done.' }, NINE + HOUR_MS);
    due(NINE + 30 * DAY_MS);
    expect([stages(id), fettle.sla.soonest({ tenants: undefined, limit: 9 })]).toEqual([[], []]);
  });

  it('that is answered after its time is breached, even if nobody looked in between', () => {
    const { ask, act, stages } = open();
    const id = ask();
    act(id, { do: 'take' }, NINE + 5 * HOUR_MS);
    expect(stages(id)).toEqual(['response breach late']);
  });

  it('goes on from what was used when its priority changes', () => {
    const { ask, act, due, stages } = open();
    const id = ask('normal');
    act(id, { do: 'file', filing: { priority: 'critical' } }, NINE + 20 * MINUTE_MS);
    due(NINE + 22.5 * MINUTE_MS);
    expect(stages(id)).toEqual(['response 75']);
  });
});

describe('a ticket that an alert opened', () => {
  it('of normal priority has stages and a due date, and nobody is mailed; of a critical one somebody is', () => {
    const { commit, due, fettle, stages, mails } = open();
    const quiet: Terms = {
      ...STANDARD_TERMS,
      matrix: { ...STANDARD_TERMS.matrix, medium: { high: 'normal', medium: 'normal', low: 'low' } },
    };
    commit({ type: 'put terms', actor: eva, tenant: 'acme', version: 0, terms: quiet });
    commit(aTold(1, { at: NINE }), NINE);
    const id = fettle.db.prepare<[], string>('SELECT id FROM tickets').pluck().get() ?? '';
    expect(fettle.tickets.get(id)?.priority).toBe('normal');
    expect(fettle.sla.soonest({ tenants: undefined, limit: 9 })).toMatchObject([
      { ticket: id, responseMs: NINE + 8 * HOUR_MS },
    ]);
    // the last moment of the day is one of its hours
    due(NINE + 8 * HOUR_MS);
    expect([stages(id).length, mails()]).toEqual([3, []]);
    commit(aTold(2, { change: 'raise', severity: 'critical', at: NINE + DAY_MS }), NINE + DAY_MS);
    expect([fettle.tickets.get(id)?.priority, mails()]).toEqual(['critical', ['sla.breached']]);
  });
});

describe('what is promised', () => {
  it('can be changed, and holds for open tickets within a moment', () => {
    const { ask, due, stages, putTerms, putCalendar } = open();
    const id = ask();
    const made = putCalendar();
    const coverage = made?.is === 'made' ? made.id : '';
    const tiers = { ...STANDARD_TERMS.tiers, high: { response: { minutes: 60 }, resolution: { days: 1 }, coverage } };
    expect(putTerms({ ...STANDARD_TERMS, tiers }, 0, NINE + MINUTE_MS)).toEqual({ is: 'done' });
    for (const minute of [1, 45, 54, 60]) due(NINE + minute * MINUTE_MS);
    expect(stages(id)).toEqual(['response 75', 'response 90', 'response breach']);
  });

  it('a calendar that is edited moves what is due, and leaves what was used', () => {
    const { ask, commit, due, fettle, putTerms, putCalendar } = open();
    const made = putCalendar();
    const id = made?.is === 'made' ? made.id : '';
    const high = { ...STANDARD_TERMS.tiers.high, resolution: { minutes: 600 }, coverage: id };
    putTerms({ ...STANDARD_TERMS, tiers: { ...STANDARD_TERMS.tiers, high } });
    ask();
    const resolutionDue = () => fettle.sla.soonest({ tenants: undefined, limit: 1 })[0]?.resolutionMs;
    expect(resolutionDue()).toBe(NINE + DAY_MS + 2 * HOUR_MS);
    const calendar = { ...STANDARD, holidays: { '2026-11-23': 'too late for today', '2026-11-24': 'off' } };
    const edit = {
      type: 'put calendar',
      actor: eva,
      id,
      version: 1,
      tenant: 'acme',
      name: 'Office',
      calendar,
    } as const;
    expect(commit(edit, NINE + 8 * HOUR_MS)).toEqual({ is: 'made', id });
    due(NINE + 8 * HOUR_MS);
    expect(resolutionDue()).toBe(NINE + 2 * DAY_MS + 2 * HOUR_MS);
  });

  it('is refused with a reason, and changes nothing', () => {
    const { commit, fettle, putTerms, putCalendar } = open();
    const made = putCalendar();
    const id = made?.is === 'made' ? made.id : '';
    const lost = { ...STANDARD_TERMS.tiers.low, coverage: 'c_none' };
    const terms = { ...STANDARD_TERMS, tiers: { ...STANDARD_TERMS.tiers, low: lost } };
    const other = { ...STANDARD, zone: 'Europe/Berlin' };
    const codes = [
      putCalendar(),
      putCalendar({ name: 'Other', actor: stranger }),
      putCalendar({ name: 'Other', tenant: 'nobody' }),
      putCalendar({ id: 'c_none' }),
      putCalendar({ id, version: 7, calendar: other }),
      putTerms(terms),
      putTerms(STANDARD_TERMS, 3),
      commit({ type: 'put terms', actor: stranger, tenant: 'acme', version: 0, terms: STANDARD_TERMS }),
    ].map((outcome) => (outcome?.is === 'refused' ? outcome.code : outcome?.is));
    expect(codes).toEqual([
      'name_taken',
      'not_found',
      'not_found',
      'not_found',
      'version_conflict',
      'terms_invalid',
      'version_conflict',
      'not_found',
    ]);
    expect([fettle.sla.terms('acme'), fettle.sla.calendars(undefined).length, fettle.sla.definition(id)]).toEqual([
      undefined,
      1,
      STANDARD,
    ]);
  });

  it('ends at fifty calendars, and is written down', () => {
    const { fettle, putCalendar } = open();
    for (let count = 0; count < 50; count += 1) putCalendar({ name: `Calendar ${count}` });
    expect(putCalendar({ name: 'One more' })).toMatchObject({ code: 'too_many' });
    const actions = fettle.db.prepare<[], string>('SELECT DISTINCT action FROM audit').pluck().all();
    expect(actions).toEqual(['calendar.create']);
  });
});

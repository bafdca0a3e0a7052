import { describe, expect, it } from 'vitest';

import { NOW, anAlert } from '../../fixture.ts';
import { aRoute as aNoticeRoute } from './fixture.ts';
import type { Rota } from './rota.ts';
import { type Route, targetsOf } from './route.ts';
import { alertSubject } from './subject.ts';

const SUBJECT = alertSubject(
  { ...anAlert(), presence: 'online' },
  { deviceName: 'srv-01', title: 'Disk', ticket: null, labels: {} },
);

const aRoute = (change: Partial<Route> = {}): Route => aNoticeRoute({ kinds: ['alert', 'sla'], ...change });

const rota = (id: string, people: Rota['people']): Rota => ({
  id,
  tenant: '',
  name: id,
  zone: 'UTC',
  start: '2026-01-01',
  handover: '09:00',
  turnDays: 7,
  people,
  escalation: null,
});

const rotas = new Map([
  ['ro_1', rota('ro_1', [{ name: 'eva', channel: 'ch_eva' }])],
  ['ro_0', rota('ro_0', [])],
]);

const told = (routes: readonly Route[], kind = 'alert.fired', tags: readonly string[] = ['class:server', 'team=db']) =>
  targetsOf(routes, kind, SUBJECT, { rotas, tags, nowMs: NOW });

describe('a route fits', () => {
  it.each<[string, Partial<Route>, string, boolean]>([
    ['all', {}, 'alert.fired', true],
    ['its own tenant', { tenant: 'acme' }, 'alert.fired', true],
    ['no other tenant', { tenant: 'bistro' }, 'alert.fired', false],
    ['its severities', { severities: ['critical'] }, 'alert.fired', false],
    ['its kinds', {}, 'ticket.opened', false],
    ['what begins like its kind and is another', { kinds: ['alert'] }, 'alerting.fired', false],
    ['one of its tags', { tags: ['class:laptop', 'team=db'] }, 'alert.fired', true],
    ['none without one of them', { tags: ['class:laptop'] }, 'alert.fired', false],
  ])('%s', (_name, change, kind, expected) => {
    expect(told([aRoute(change)], kind).map(({ channel }) => channel)).toEqual(expected ? ['ch_1'] : []);
  });
});

describe('what routes lead to', () => {
  it('is each channel once, by the first route that has it', () => {
    const second = aRoute({ id: 'r_2', to: [{ channel: 'ch_2' }, { channel: 'ch_1' }] });
    expect(told([aRoute(), second])).toEqual([
      { channel: 'ch_1', route: 'r_1', rota: '' },
      { channel: 'ch_2', route: 'r_2', rota: '' },
    ]);
  });

  it('is whoever is on call, and nobody where nobody is', () => {
    const to = [{ rota: 'ro_1' }, { rota: 'ro_0' }, { rota: 'ro_9' }];
    expect(told([aRoute({ to })])).toEqual([{ channel: 'ch_eva', route: 'r_1', rota: 'ro_1' }]);
  });
});

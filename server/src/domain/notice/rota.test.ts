import { array, assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type Rota, circleOf, onCall } from './rota.ts';

const aRota = (change: Partial<Rota> = {}): Rota => ({
  id: 'o_1',
  tenant: '',
  name: 'first',
  zone: 'Europe/Berlin',
  start: '2026-03-23',
  handover: '09:00',
  turnDays: 7,
  people: ['Ann', 'Bob', 'Cem'].map((name) => ({ name, channel: `c_${name}` })),
  escalation: null,
  ...change,
});

describe('on call', () => {
  it.each([
    ['long before the first turn', '2026-01-01T00:00:00Z', 'Ann'],
    ['as the first turn begins', '2026-03-23T08:00:00Z', 'Ann'],
    ['a second before the handover, in summer time by then', '2026-03-30T06:59:59Z', 'Ann'],
    ['at the handover', '2026-03-30T07:00:00Z', 'Bob'],
    ['in the third week', '2026-04-06T07:00:00Z', 'Cem'],
    ['in the fourth it is the first again', '2026-04-13T07:00:00Z', 'Ann'],
    ['on the first Monday of winter time, before the handover', '2026-10-26T07:30:00Z', 'Ann'],
    ['and at it', '2026-10-26T08:00:00Z', 'Bob'],
  ])('%s', (_name, now, who) => {
    expect(onCall(aRota(), Temporal.Instant.from(now).epochMilliseconds)?.name).toBe(who);
  });
});

describe('a circle', () => {
  const chain = (links: readonly number[]): readonly Rota[] =>
    links.map((to, index) =>
      aRota({
        id: `o_${index}`,
        name: `rota ${index}`,
        escalation: to === index ? null : { afterMinutes: 5, to: `o_${to}` },
      }),
    );

  it('of itself, of two and of three is named', () => {
    const self = aRota({ escalation: { afterMinutes: 5, to: 'o_1' } });
    expect(circleOf(self, [])).toEqual(['first', 'first']);
    const [first = aRota(), ...others] = chain([1, 2, 0]);
    expect(circleOf(first, others)).toEqual(['rota 0', 'rota 1', 'rota 2', 'rota 0']);
  });

  it('is found exactly when following it would never end, and looking for it always does', () => {
    assert(
      property(array(integer({ min: 0, max: 7 }), { minLength: 8, maxLength: 8 }), (links) => {
        const rotas = chain(links);
        const [changed = aRota()] = rotas;
        let at = 0;
        for (let step = 0; step < 8 && links[at] !== at; step += 1) at = links[at] ?? 0;
        expect(circleOf(changed, rotas.slice(1)) !== undefined).toBe(links[at] !== at);
      }),
    );
  });
});

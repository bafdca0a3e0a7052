import { describe, expect, it } from 'vitest';

import { SeriesSets } from './series-sets.ts';

const series = (name: string) => [{ metric: name, attributes: {} }];
const keep = (sets: SeriesSets, name: string) => sets.keyOf([name], () => series(name));

describe('lists of series', () => {
  it('have one number each, the same for the same list, however its names are cut', () => {
    const sets = new SeriesSets();
    expect([keep(sets, 'a'), keep(sets, 'b'), keep(sets, 'a')]).toEqual([0, 1, 0]);
    expect(sets.keyOf(['a', 'b'], () => series('ab'))).toBe(2);
    expect(sets.keyOf(['ab'], () => series('ab'))).toBe(3);
    expect(sets.seriesOf(1)).toEqual(series('b'));
    expect(sets.seriesOf(9)).toBeUndefined();
  });

  it('are forgotten when 256 others were used since, and numbered anew then', () => {
    const sets = new SeriesSets();
    for (let number = 0; number < 256; number += 1) keep(sets, String(number));
    expect(sets.seriesOf(0)).toEqual(series('0'));
    expect(keep(sets, '0')).toBe(0); // the youngest again
    keep(sets, '256');
    expect([sets.seriesOf(0), sets.seriesOf(1)]).toEqual([series('0'), undefined]);
    expect(keep(sets, '1')).toBe(257);
    expect(sets.seriesOf(2)).toBeUndefined();
  });
});

// What an agent tells again under another number, because it was put back to a snapshot or lost what it knew of its acknowledgements.
import { HOUR_MS, DAY_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import { NOW, aTold, openWriter } from '../fixture.ts';

const EPISODE = [{ change: 'fire' }, { change: 'resolve', at: NOW + HOUR_MS, reason: 'recovered' }] as const;

/** The same two records in another numbering. */
const again = (epoch: string) => EPISODE.map((change, index) => ({ ...aTold(index + 1, change), epoch }));

const aWriter = () => {
  const { writer, fettle } = openWriter();
  const alerts = () =>
    fettle.alerts.page({
      tenants: undefined,
      states: [],
      severity: '',
      device: 'd_1',
      rule: '',
      limit: 100,
      after: { sinceMs: Number.MAX_SAFE_INTEGER, id: '' },
    });
  return { writer, fettle, alerts };
};

describe('what is told again in another epoch', () => {
  it('is acknowledged, and has no second effect', () => {
    const { writer, fettle, alerts } = aWriter();
    writer.commit(again('epoch-1'), NOW);
    const [before] = alerts();
    const results = writer.commit(again('epoch-2'), NOW + DAY_MS / 2);
    expect(results.map(({ outcome, feed }) => [outcome.is, feed.length])).toEqual([
      ['done', 0],
      ['done', 0],
    ]);
    expect(alerts()).toEqual([before]);
    expect(before).toMatchObject({ state: 'resolved', occurrences: 1 });
    expect(fettle.marks.get('d_1')).toMatchObject({ epoch: 'epoch-2', seq: 2 });
  });

  it('is another problem when it happened at another time', () => {
    const { writer, alerts } = aWriter();
    writer.commit(again('epoch-1'), NOW);
    const later = { change: 'fire', at: NOW + 2 * HOUR_MS, since: NOW + 2 * HOUR_MS } as const;
    writer.commit([{ ...aTold(1, later), epoch: 'epoch-2' }], NOW + 2 * HOUR_MS);
    expect(alerts()).toMatchObject([{ state: 'open', occurrences: 2 }]);
  });

  it('of a record that could not be kept takes effect when it comes again', () => {
    const { writer, fettle, alerts } = aWriter();
    fettle.db.exec("CREATE TRIGGER no BEFORE INSERT ON alerts BEGIN SELECT RAISE(FAIL, 'no'); END");
    const [fire] = again('epoch-1');
    if (!fire) return;
    expect(writer.commit([fire], NOW).map(({ outcome }) => outcome.is)).toEqual(['refused']);
    fettle.db.exec('DROP TRIGGER no');
    writer.commit([{ ...fire, epoch: 'epoch-2' }], NOW);
    expect(alerts()).toMatchObject([{ state: 'open' }]);
  });

  it('is remembered as long as the event log, and not for ever', () => {
    const { fettle } = aWriter();
    expect(fettle.told.isNews('d_1', 'a', NOW)).toBe(true);
    expect(fettle.told.isNews('d_1', 'a', NOW + 1)).toBe(false);
    expect(fettle.told.expire(NOW, 10)).toBe(0);
    expect(fettle.told.expire(NOW + 1, 10)).toBe(1);
    expect(fettle.told.isNews('d_1', 'a', NOW + 2)).toBe(true);
  });
});

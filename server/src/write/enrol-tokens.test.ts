import { DAY_MS } from '@fettle/shared/time';
import { describe, expect, it } from 'vitest';

import { SYSTEM } from '../domain/actor.ts';
import type { WriterEvent } from '../domain/event.ts';
import { NOW, openWriter } from '../fixture.ts';

const open = () => {
  const stores = openWriter();
  const commit = (event: WriterEvent, nowMs = NOW) => stores.writer.commit([event], nowMs)[0]?.outcome;
  const audit = () => stores.fettle.db.prepare<[], string>('SELECT action FROM audit ORDER BY seq').pluck().all();
  return { ...stores, commit, audit };
};

const token = { type: 'create enrol token', actor: SYSTEM, hash: 'h', expiresMs: NOW + 1, maxUses: 3 } as const;
const expire: WriterEvent = { type: 'expire', eventsBeforeMs: 0, sessionsBeforeMs: 0 };
const technician = { kind: 'person', id: 'p_9', name: 'Kim', role: 'technician', tenants: ['acme'] } as const;

describe('an enrolment token', () => {
  it('is for a site that is there', () => {
    const { commit, fettle } = open();
    expect(commit({ ...token, site: 'nowhere' })).toMatchObject({ is: 'refused', code: 'site_unknown' });
    expect(commit({ ...token, site: 'office' })).toEqual({ is: 'made', id: fettle.enrollTokens.get('h')?.id });
    expect(fettle.enrollTokens.get('h')).toMatchObject({ tenant: 'acme', site: 'office', uses: 0, maxUses: 3 });
  });

  it('is taken away by the owner alone, and that is written down', () => {
    const { commit, fettle, audit } = open();
    commit({ ...token, site: 'office' });
    const id = fettle.enrollTokens.get('h')?.id ?? '';
    expect(commit({ type: 'remove enrol token', actor: technician, id })).toMatchObject({ code: 'forbidden' });
    expect(commit({ type: 'remove enrol token', actor: SYSTEM, id: 'e_none' })).toMatchObject({ code: 'not_found' });
    expect(commit({ type: 'remove enrol token', actor: SYSTEM, id })).toEqual({ is: 'done' });
    expect(fettle.enrollTokens.all(undefined)).toEqual([]);
    expect(audit()).toEqual(['enrol token.create', 'enrol token.remove']);
  });

  it('that has expired is remembered for a month, so that who comes late is told so', () => {
    const { commit, fettle } = open();
    commit({ ...token, site: 'office' });
    commit(expire, NOW + 1 + 30 * DAY_MS);
    expect(fettle.enrollTokens.get('h')).toBeDefined();
    commit(expire, NOW + 2 + 30 * DAY_MS);
    expect(fettle.enrollTokens.get('h')).toBeUndefined();
  });

  it('is refused where there are ten thousand', () => {
    const { commit, fettle } = open();
    const place = { tenant: 'acme', site: 'office', createdMs: NOW, expiresMs: NOW + 1, maxUses: 1, uses: 0 };
    fettle.db.transaction(() => {
      for (let at = 1; at < 10_000; at += 1) fettle.enrollTokens.put({ ...place, hash: `h${at}`, id: `x_${at}` });
    })();
    expect(commit({ ...token, site: 'office' })).toMatchObject({ is: 'made' });
    expect(commit({ ...token, hash: 'one more', site: 'office' })).toMatchObject({ is: 'refused', code: 'too_many' });
  });
});

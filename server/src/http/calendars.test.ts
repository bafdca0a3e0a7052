// Calendars and what a tenant is promised, over the API of a running server.
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { call, get, post, tenant, ask, OPEN, OFFICE } from './tickets-fixture.ts';

describe('a calendar', () => {
  it('is made, changed by its version, and given the holidays of a file', async () => {
    const name = await tenant();
    const made = await post('/calendars', { tenant: name, ...OFFICE });
    expect(made).toMatchObject({ status: 200, tenant: name, version: 1, ...OFFICE });
    const path = `/calendars/${made.id}`;
    const changed = await call('PUT', path, { version: 1, ...OFFICE, zone: 'Australia/Lord_Howe' });
    expect(changed).toMatchObject({ status: 200, version: 2, zone: 'Australia/Lord_Howe' });
    expect(await call('PUT', path, { version: 1, ...OFFICE })).toMatchObject({ status: 409, code: 'version_conflict' });
    const year = new Date().getUTCFullYear();
    const lines = [
      'BEGIN:VCALENDAR',
      'BEGIN:VEVENT',
      `DTSTART;VALUE=DATE:${year}1225`,
      'SUMMARY:Christmas',
      'END:VEVENT',
      'END:VCALENDAR',
    ];
    const holidays = await post(`${path}/holidays`, { version: 2, ics: lines.join('\r\n') });
    const wanted = { version: 3, holidays: [{ date: `${year}-12-25`, name: 'Christmas' }] };
    expect(holidays).toMatchObject({ status: 200, added: 1, skipped: 0, calendar: wanted });
    expect(await get(path)).toMatchObject(wanted);
    expect((await get('/calendars')).items).toMatchObject([{ tenant: name, version: 3 }]);
    expect(await post(`${path}/holidays`, { version: 3, ics: 'hello' })).toMatchObject({
      status: 400,
      code: 'calendar_invalid',
    });
    expect(await get('/calendars/c_none')).toMatchObject({ status: 404 });
  });

  it('with faults is refused with all of them', async () => {
    const wrong = {
      ...OFFICE,
      zone: 'Mars/Olympus',
      week: [[OPEN, OPEN]],
      holidays: [{ date: '2026-02-30', name: '' }],
    };
    const refused = await post('/calendars', { tenant: await tenant(), ...wrong });
    expect(refused).toMatchObject({ status: 400, code: 'calendar_invalid' });
    for (const part of ['no time zone', 'overlap', 'is no date', 'A week has 7 days'])
      expect(refused.detail).toContain(part);
  });
});

describe('what a tenant is promised', () => {
  const termsOf = async (name: string) => {
    const { version, tiers, matrix, categories } = z
      .looseObject({
        version: z.int(),
        tiers: z.looseObject({ low: z.looseObject({}) }),
        matrix: z.unknown(),
        categories: z.unknown(),
      })
      .parse(await get(`/sla/${name}`));
    return { version, tiers, matrix, categories };
  };

  it('is the standard until it is changed, by its version', async () => {
    const name = await tenant();
    const [path, standard] = [`/sla/${name}`, await termsOf(name)];
    expect(standard).toMatchObject({ version: 0, tiers: { critical: { response: { minutes: 30 } } }, categories: [] });
    const wanted = { ...standard, categories: ['mail', 'print'] };
    expect(await call('PUT', path, wanted)).toMatchObject({ status: 200, version: 1, categories: ['mail', 'print'] });
    expect(await call('PUT', path, wanted)).toMatchObject({ status: 409, code: 'version_conflict' });
    expect(await get('/sla/nobody')).toMatchObject({ status: 404 });
  });

  it('names calendars that there are, and categories that tickets then have', async () => {
    const name = await tenant();
    const terms = await termsOf(name);
    const lost = { ...terms, tiers: { ...terms.tiers, low: { ...terms.tiers.low, coverage: 'c_none' } } };
    expect(await call('PUT', `/sla/${name}`, lost)).toMatchObject({ status: 400, code: 'terms_invalid' });
    await call('PUT', `/sla/${name}`, { ...terms, categories: ['mail'] });
    expect(await ask({ tenant: name, category: 'fax' })).toMatchObject({ status: 400, code: 'category_unknown' });
    expect(await ask({ tenant: name, category: 'mail' })).toMatchObject({ status: 200, category: 'mail' });
  });
});

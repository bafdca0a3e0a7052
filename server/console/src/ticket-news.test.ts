import type { TicketDetail } from '@fettle/shared/api/alert.schema';
import { expect, it } from 'vitest';

import { newsSince } from './ticket-news.ts';

const entry = (by: string): TicketDetail['timeline'][number] => ({
  at: '2026-11-23T12:00:00.000Z',
  by,
  what: 'took it',
  text: '',
  internal: false,
});

it('the news of a ticket are what was added since somebody looked', () => {
  const looked = { version: 1, timeline: [entry('Fettle')] };
  const timeline = [entry('Fettle'), entry('Ada'), entry('Bob')];
  expect(newsSince(looked, { timeline }).map(({ by }) => by)).toEqual(['Ada', 'Bob']);
  expect(newsSince({ version: 3, timeline }, { timeline })).toEqual([]);
});

import { expect, it } from 'vitest';

import { noticeText } from './notice-words.ts';

const fired = { kind: 'alert.fired', state: 'sent', channelName: 'Slack', why: '', attempts: 1 } as const;

it.each([
  [fired, 'fired, to Slack: sent'],
  [{ ...fired, why: '200 OK' }, 'fired, to Slack: sent'],
  [{ ...fired, state: 'skipped', channelName: null, why: 'no route' }, 'fired: not sent (no route)'],
  [{ ...fired, state: 'queued', attempts: 0 }, 'fired, to Slack: is about to be sent'],
  [{ ...fired, state: 'queued', attempts: 2 }, 'fired, to Slack: is tried again after 2 tries'],
  [{ ...fired, state: 'dead', why: '404' }, 'fired, to Slack: given up after one try (404)'],
] as const)('%j is "%s"', (notice, text) => {
  expect(noticeText(notice)).toBe(text);
});

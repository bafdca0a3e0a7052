import { expect, it } from 'vitest';

import { ApiError, explain } from './api.ts';

const refusal = (status: number, detail: string) => new ApiError({ status, code: 'x', detail });

it.each([
  [refusal(400, 'reason: a window of more than 72 hours needs one.'), 'A window of more than 72 hours needs one.'],
  [refusal(400, 'time.endMs: the window is over already.'), 'The window is over already.'],
  [refusal(409, 'The alert is resolved already.'), 'The alert is resolved already.'],
  [refusal(0, 'The server cannot be reached.'), 'The server cannot be reached. Check that it runs, then try again.'],
  [refusal(429, 'x'), 'Too many requests. Wait a moment, then try again.'],
  [refusal(500, 'It broke.'), "It broke. Look into the server's log, then try again."],
  [new TypeError('x'), 'Something went wrong in this page. Reload it.'],
])('%s is explained to people', (error, text) => {
  expect(explain(error)).toBe(text);
});

import { expect, it } from 'vitest';

import { pathOf, segmentOf } from './segment.ts';

it.each([
  { serial: 1, first: 1, isThinned: false },
  { serial: 999_999_999_999, first: 999_999_999_999_999, isThinned: true },
])('a segment says in its name which it is: %j', (place) => {
  const path = pathOf('metrics', place);
  expect(segmentOf('metrics', path.slice('metrics/'.length), 7)).toEqual({ ...place, path, bytes: 7, gaps: [] });
});

it.each(['1-1.seg', '000000000001-000000000000001.seg.new', 'notes.txt', '000000000001-000000000000001.thick.seg'])(
  '%s is none of ours',
  (name) => {
    expect(segmentOf('metrics', name, 1)).toBeUndefined();
  },
);

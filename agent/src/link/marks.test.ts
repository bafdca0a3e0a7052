import { describe, expect, it } from 'vitest';

import { decideMark } from './marks.ts';

const EPOCH = 'e'.repeat(22);
const OTHER = 'o'.repeat(22);
const [HASH, OTHER_HASH] = ['0123456789abcdef', 'fedcba9876543210'];
const lane = (nextSeq: number, acked: number) => ({ epoch: EPOCH, nextSeq, acked });
const mark = (seq: number, hash = HASH, epoch = EPOCH) => ({ epoch, seq, hash });
const goOn = (after: number) => ({ do: 'go on', after });
const renewed = (what: string, note: RegExp) => ({ do: 'renew', what, note: expect.stringMatching(note) as string });

describe('decideMark', () => {
  it.each([
    ['no mark, and nothing was ever acknowledged', null, lane(5, 0), goOn(0)],
    ['the mark of an earlier epoch', mark(900, HASH, OTHER), lane(5, 0), goOn(0)],
    ['the mark is what was acknowledged', mark(4), lane(9, 4), goOn(4)],
    ['an acknowledgement was lost on the way', mark(7), lane(9, 4), goOn(7)],
    ['all is there', mark(8), lane(9, 4), goOn(8)],
    ['a hash that the server does not know', mark(4, ''), lane(9, 4), goOn(4)],
  ])('goes on after it: %s', (_case, known, state, decision) => {
    expect(decideMark(known, state, HASH)).toEqual(decision);
  });

  it('goes on after it where its own record is not kept any more', () => {
    expect(decideMark(mark(4, OTHER_HASH), lane(9, 4), undefined)).toEqual(goOn(4));
  });

  it('goes back with a server that was restored, and says so', () => {
    expect(decideMark(mark(3), lane(9, 6), HASH)).toEqual({
      ...goOn(3),
      note: 'the server has gone back from record 6 to 3',
    });
  });

  it.each([
    [
      'the server has what was never issued here',
      { known: mark(9), state: lane(9, 4), own: HASH },
      /^the server is ahead: .* 9, .* 9$/,
    ],
    ['the server is far ahead', { known: mark(2 ** 50), state: lane(1, 0), own: undefined }, /^the server is ahead/],
    ['another record at the mark', { known: mark(4, OTHER_HASH), state: lane(9, 4), own: HASH }, /another record 4$/],
    [
      'another record below what was acknowledged',
      { known: mark(2, OTHER_HASH), state: lane(9, 4), own: HASH },
      /another record 2$/,
    ],
  ])('begins anew with what is unacknowledged: %s', (_case, { known, state, own }, note) => {
    expect(decideMark(known, state, own)).toEqual(renewed('unacked', note));
  });

  it.each([
    ['no mark', null],
    ['the mark of another epoch', mark(12, HASH, OTHER)],
  ])('begins anew with all that is kept: %s, although there were acknowledgements', (_case, known) => {
    expect(decideMark(known, lane(9, 4), HASH)).toEqual(renewed('kept', /forgotten all 4 records/));
  });
});

import { describe, expect, it } from 'vitest';

import { NOW, aDevice } from '../fixture.ts';
import { type TokenFacts, decideEnroll } from './enroll.ts';

const aToken = (change: Partial<TokenFacts> = {}): TokenFacts => ({
  expiresMs: NOW + 1_000,
  maxUses: 2,
  uses: 1,
  site: 'office',
  ...change,
});
const here = aDevice();

describe('an enrolment', () => {
  it.each([
    ['with a good token', aToken(), undefined, 'new'],
    ['in the last moment of its token', aToken({ expiresMs: NOW }), undefined, 'new'],
    ['with a token that is not here', undefined, undefined, 'token_unknown'],
    ['with an expired token', aToken({ expiresMs: NOW - 1 }), undefined, 'token_expired'],
    ['with a token that is used up', aToken({ uses: 2 }), undefined, 'token_used'],
    ['of a key that is here', aToken(), here, 'known'],
    ['of a key that is here, with the token that it used up itself', aToken({ uses: 2 }), here, 'known'],
    ['of a key of another site', aToken({ site: 'shop' }), here, 'key_taken'],
    ['of a key that is here, with an expired token', aToken({ expiresMs: NOW - 1 }), here, 'token_expired'],
    ['of a key that is here, with a token that is not', undefined, here, 'token_unknown'],
  ])('%s', (_name, token, device, expected) => {
    const decision = decideEnroll(token, device, NOW);
    expect(decision.is === 'refused' ? decision.code : decision.is).toBe(expected);
  });

  it('of a key that is here gives the same device', () => {
    expect(decideEnroll(aToken(), here, NOW)).toEqual({ is: 'known', device: here });
  });
});

import { describe, expect, it } from 'vitest';

import { NOW, aDevice } from '../fixture.ts';
import { type TokenFacts, decideEnroll, decideRekey } from './enroll.ts';

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

  it.each([
    [undefined, undefined, 'This enrolment token is not known here. Make a new one on the server.'],
    [aToken({ expiresMs: 0 }), undefined, 'This enrolment token has expired. Make a new one on the server.'],
    [aToken({ uses: 2 }), undefined, 'This enrolment token has been used up. Make a new one on the server.'],
    [aToken({ site: 'shop' }), here, 'This key is a device of another site already.'],
  ])('that is refused says why, and what to do: %#', (token, device, message) => {
    expect(decideEnroll(token, device, NOW)).toMatchObject({ is: 'refused', message });
  });

  it('of a key that is here gives the same device', () => {
    expect(decideEnroll(aToken(), here, NOW)).toEqual({ is: 'known', device: here });
  });
});

describe('a copy of a device', () => {
  const clone = aDevice({ id: 'd_copy', cloneOf: here.id });

  it.each([
    ['with a key of its own', undefined, 0, 'new'],
    ['as the last that there may be', undefined, 999, 'new'],
    ['beyond that', undefined, 1_000, 'too_many_clones'],
    ['that is one already', clone, 1, 'known'],
    ['that is one already, of as many as there may be', clone, 1_000, 'known'],
    ['of another device', aDevice({ id: 'd_copy', cloneOf: 'd_other' }), 0, 'key_taken'],
    ['with the key of the first', here, 0, 'key_taken'],
  ])('%s', (_name, known, clones, expected) => {
    const decision = decideRekey(here, known, clones);
    expect(decision.is === 'refused' ? decision.code : decision.is).toBe(expected);
  });
});

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { checkName, openCheckName } from './check-name.ts';

describe('the name of a check', () => {
  it('gives back the target and what is looked at', () => {
    const target = fc.string({ minLength: 1 }).filter((text) => !text.includes('/'));
    fc.assert(
      fc.property(target, fc.string(), (name, what) => {
        expect(openCheckName(checkName(name, what))).toEqual({ target: name, what });
      }),
    );
  });

  it.each(['', 'ping', '/ping'])('"%s" is none', (text) => {
    expect(openCheckName(text)).toBeUndefined();
  });
});

import * as fc from 'fast-check';
import { expect, it } from 'vitest';

import { alertKey } from './alert.ts';

it('the same problem has the same key, and two problems never do', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\\'), maxLength: 3 });
  const identity = fc.record({ tenant: text, device: text, rule: text, instance: text });
  fc.assert(
    fc.property(identity, identity, (one, other) => {
      const isSame = JSON.stringify(one) === JSON.stringify(other);
      expect(alertKey(one) === alertKey(other)).toBe(isSame);
      expect(alertKey({ ...one })).toBe(alertKey(one));
    }),
  );
});

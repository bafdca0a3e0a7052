import { expect, it } from 'vitest';

import { createAdmission } from './admission.ts';

it('lets a burst in at once, then as many a second as it should, and the others after a wait that grows', () => {
  const { admit } = createAdmission(100, 200);
  const at = (nowMs: number, count: number) => Array.from({ length: count }, () => admit(nowMs));
  const first = at(0, 1_000);
  expect(first.filter((waitS) => waitS === 0)).toHaveLength(200);
  expect(first[200]).toBe(1);
  expect(first.at(-1)).toBe(9); // the 800th in the queue of 100 a second
  expect(at(1_000, 500).filter((waitS) => waitS === 0)).toHaveLength(100);
});

it('saves up no more than a burst, and is not confused by a clock that stands still', () => {
  const { admit } = createAdmission(100, 200);
  expect(Array.from({ length: 500 }, () => admit(1e9)).filter((waitS) => waitS === 0)).toHaveLength(200);
  expect(admit(1e9)).toBeGreaterThan(0);
  expect(Array.from({ length: 500 }, () => admit(2e9)).filter((waitS) => waitS === 0)).toHaveLength(200);
});

import { describe, expect, it } from 'vitest';

import { createAdmission, createGate } from './admission.ts';

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

describe('the gate', () => {
  const each = { perSecond: 10, burst: 10 };
  const admitted = (gate: ReturnType<typeof createGate>, address: string | undefined, count: number, nowMs = 0) =>
    Array.from({ length: count }, () => gate.admit(address, nowMs)).filter((waitS) => waitS === 0).length;

  it('gives each address its share, and takes nothing from the others for those turned away', () => {
    const gate = createGate({ perSecond: 100, burst: 50 }, each);
    expect(admitted(gate, 'mad', 1_000)).toBe(10);
    expect(['b', 'c', 'd', 'e'].map((address) => admitted(gate, address, 20))).toEqual([10, 10, 10, 10]);
    expect(admitted(gate, 'f', 20)).toBe(0); // the bucket of all is empty
    expect(admitted(gate, 'mad', 100, 1_000)).toBe(10);
  });

  it('holds who has no address only to the bucket of all', () => {
    expect(admitted(createGate({ perSecond: 100, burst: 50 }, each), undefined, 100)).toBe(50);
  });

  it('does not remember more than 10,000 addresses', () => {
    const gate = createGate({ perSecond: 1, burst: 1e6 }, { perSecond: 1, burst: 1 });
    expect(admitted(gate, 'first', 2)).toBe(1);
    for (let count = 0; count < 10_000; count += 1) gate.admit(`${count}`, 0);
    expect(admitted(gate, 'first', 2)).toBe(1);
  });

  it('a fleet of 10,000 that comes at once and waits as asked is in within half a minute, at no more than 500 a second', () => {
    const gate = createGate({ perSecond: 500, burst: 500 }, each);
    let waiting = Array.from({ length: 10_000 }, () => 0);
    const perSecond: number[] = [];
    for (let second = 0; waiting.length > 0; second += 1) {
      const next: number[] = [];
      let inNow = 0;
      for (const dueS of waiting) {
        const waitS = dueS > second ? dueS - second : gate.admit(undefined, second * 1_000);
        if (waitS === 0) inNow += 1;
        else next.push(second + waitS);
      }
      perSecond.push(inNow);
      waiting = next;
    }
    expect(Math.max(...perSecond)).toBe(500);
    expect(perSecond.length).toBeLessThanOrEqual(30);
  });
});

// What a machine with very many disks makes of them; everything else about the roll is in smart.test.ts, with real programs.
import { expect, it } from 'vitest';

import type { Seen } from './place.ts';
import type { Remembered } from './remembered.schema.ts';
import { callRoll } from './roll.ts';

const KERNEL = { token: 'boot 1', isRemovable: false, isSolid: false };
const CONTEXT = { nowMs: 0, isScanned: true, isSkipped: () => false };
const NOTHING: Remembered = { version: 1, places: {}, disks: {} };

const seen = (id: string): Seen => ({
  key: `/dev/${id}`,
  device: `/dev/${id}`,
  kernel: KERNEL,
  answer: { kind: 'disk', disk: { id, model: 'Disk', isSolid: false, values: {}, doubts: [] } },
});
const hundred = (name: string): readonly Seen[] => Array.from({ length: 100 }, (_, index) => seen(`${name}${index}`));

it('at most a hundred disks are told and remembered, those present before those missing', () => {
  const disksOf = (before: Remembered, answers: readonly Seen[]): Remembered['disks'] =>
    Object.fromEntries(callRoll(before, answers, CONTEXT).entries.map(({ id, known }) => [id, known]));
  const first = disksOf(NOTHING, hundred('a'));
  expect(Object.keys(first)).toHaveLength(100);
  const second = disksOf({ ...NOTHING, disks: first }, hundred('b').slice(0, 60));
  expect(Object.values(second).filter(({ missingSinceMs }) => missingSinceMs === undefined)).toHaveLength(60);
  expect(Object.keys(second)).toHaveLength(100);
});

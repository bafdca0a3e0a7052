// What becomes bad and good again on the machines, whatever else happens: that is what they have to tell of.
import { MINUTE_MS } from '@fettle/shared/time';

import { type Condition, DISKS, type Trouble, VOLUMES, troubles } from './condition.ts';
import type { Machine } from './machine.ts';
import type { Site } from './site.ts';

/** All through the run; at its end things stay as they are. */
export const troublesOf = ({ random, world }: Site, { condition }: Machine, forMs: number): void => {
  for (let left = random.whole(2, 8); left > 0; left -= 1) {
    const trouble = random.pick(troubles);
    const place = random.whole(0, 1);
    const beginMs = random.between(0, forMs);
    const bad = random.pick([0.9, 0.99]);
    world.after(beginMs, () => setTrouble(condition, trouble, place, bad));
    if (random.chance(0.7)) {
      const endMs = Math.min(forMs, beginMs + random.between(1, 30) * MINUTE_MS);
      world.after(endMs, () => setTrouble(condition, trouble, place, 0.2));
    }
  }
};

const setTrouble = (condition: Condition, trouble: Trouble, place: number, level: number): void => {
  const isBad = level > 0.5;
  const [volume, disk] = [VOLUMES[place] ?? VOLUMES[0], DISKS[place] ?? DISKS[0]];
  switch (trouble) {
    case 'disk.readonly':
      if (isBad) condition.readonlyVolumes.add(volume);
      else condition.readonlyVolumes.delete(volume);
      return;
    case 'disk.missing':
      if (isBad) condition.missingDisks.add(disk);
      else condition.missingDisks.delete(disk);
      return;
    case 'disk.space':
      if (isBad) condition.used.set(volume, level);
      else condition.used.delete(volume);
      return;
    case 'cpu.sustained':
      condition.cpu = isBad ? Math.max(level, 0.93) : level;
  }
};

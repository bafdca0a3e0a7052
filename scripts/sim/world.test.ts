import { describe, expect, it } from 'vitest';

import { Random } from './random.ts';
import { SimClock } from './sim-clock.ts';
import { World } from './world.ts';

describe('a world', () => {
  it('lets things happen in the order of their moments, those of one moment as they were asked for', async () => {
    const [world, random] = [new World(), new Random(1)];
    const expected: [number, number][] = [];
    const seen: [number, number][] = [];
    for (let index = 0; index < 500; index += 1) {
      const atMs = random.whole(0, 50);
      expected.push([atMs, index]);
      world.after(atMs, () => seen.push([world.nowMs, index]));
    }
    await world.run(100);
    expect(seen).toEqual(expected.toSorted(([a, first], [b, second]) => a - b || first - second));
    expect(world.nowMs).toBe(100);
  });

  it('waits until everything that follows from one thing is done before the next', async () => {
    const world = new World();
    const seen: string[] = [];
    const follow = async () => {
      await Promise.resolve();
      setImmediate(() => seen.push(`followed at ${world.nowMs}`));
    };
    world.after(1, () => void follow());
    world.after(2, () => seen.push('next'));
    await world.run(5);
    expect(seen).toEqual(['followed at 1', 'next']);
  });

  it('does not let happen what was cancelled, and repeats until it is cancelled', async () => {
    const world = new World();
    let count = 0;
    world.after(1, () => (count += 100))();
    const cancel = world.every(10, () => (count += 1));
    await world.run(35);
    cancel();
    await world.run(100);
    expect(count).toBe(3);
  });
});

describe("a machine's clock", () => {
  it('stands still while it sleeps, but for the time of day and the uptime', async () => {
    const world = new World();
    const clock = new SimClock(world);
    const [mono, wall, uptime] = [clock.monoMs(), clock.wallMs(), clock.uptimeMs()];
    let ranMs = 0;
    clock.after(50, () => (ranMs = world.nowMs));
    world.after(10, () => clock.pause());
    world.after(1_010, () => clock.resume('slept'));
    await world.run(2_000);
    expect(ranMs).toBe(1_050);
    expect([clock.monoMs() - mono, clock.wallMs() - wall, clock.uptimeMs() - uptime]).toEqual([1_000, 2_000, 2_000]);
  });

  it('knows nothing of the time that it was frozen', async () => {
    const world = new World();
    const clock = new SimClock(world);
    const [wall, uptime] = [clock.wallMs(), clock.uptimeMs()];
    clock.pause();
    await world.run(5_000);
    clock.resume('thawed');
    expect([clock.wallMs() - wall, clock.uptimeMs() - uptime]).toEqual([0, 0]);
  });
});

import { describe, expect, it } from 'vitest';

import { Stops } from './stops.ts';

describe('stopping', () => {
  it('undoes the last start first, each after the one before it has ended', async () => {
    const stops = new Stops();
    const said: string[] = [];
    for (const name of ['lock', 'threads', 'sockets']) {
      stops.add(async () => {
        said.push(`${name} …`);
        await Promise.resolve();
        said.push(name);
      });
    }
    await stops.run();
    expect(said).toEqual(['sockets …', 'sockets', 'threads …', 'threads', 'lock …', 'lock']);
  });

  it('asked for twice is done once, and both wait for it', async () => {
    const stops = new Stops();
    let count = 0;
    stops.add(() => {
      count += 1;
    });
    await Promise.all([stops.run(), stops.run()]);
    await stops.run();
    expect(count).toBe(1);
  });

  it('before anything was started is nothing', async () => {
    await expect(new Stops().run()).resolves.toBeUndefined();
  });

  it('goes on when one of them fails, and says so in the end', async () => {
    const stops = new Stops();
    const said: string[] = [];
    stops.add(() => said.push('lock'));
    stops.add(() => Promise.reject(new Error('a socket would not close')));
    stops.add(() => said.push('timers'));
    await expect(stops.run()).rejects.toThrow('a socket would not close');
    expect(said).toEqual(['timers', 'lock']);
  });
});

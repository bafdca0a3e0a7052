import { expect, it } from 'vitest';

import { createLook } from './rights-watch.ts';

const bench = () => {
  const looked: string[] = [];
  const state = { changes: 3, isDown: false };
  const look = createLook({
    changes: async () => {
      if (state.isDown) throw new Error('down');
      return state.changes;
    },
    lookAgain: async (who) => void looked.push(who),
  });
  return { look, looked, state };
};

it('looks at all at first, after a change, and each minute; at newcomers always', async () => {
  const { look, looked, state } = bench();
  await look();
  await look();
  state.changes += 1;
  await look();
  await look();
  expect(looked).toEqual(['all', 'newcomers', 'all', 'newcomers']);
  for (let turn = 5; turn <= 60; turn += 1) await look();
  expect(looked.filter((who) => who === 'all')).toHaveLength(3);
  expect(looked.at(-1)).toBe('all');
});

it('what could not be asked is made up for', async () => {
  const { look, looked, state } = bench();
  await look();
  state.isDown = true;
  await look();
  state.isDown = false;
  await look();
  expect(looked).toEqual(['all', 'all']);
});

it('one look does not begin before the last has ended', async () => {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  let count = 0;
  const look = createLook({
    changes: async () => 1,
    lookAgain: () => {
      count += 1;
      return promise;
    },
  });
  const first = look();
  await look();
  expect(count).toBe(1);
  resolve(undefined);
  await first;
});

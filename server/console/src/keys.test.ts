import { describe, expect, it } from 'vitest';

import { type KeyAction, pressKey } from './keys.ts';

const press = (...presses: readonly (readonly [key: string, atMs: number])[]): readonly (KeyAction | null)[] => {
  let state: Parameters<typeof pressKey>[0] = { goSinceMs: null };
  return presses.map(([key, atMs]) => {
    const pressed = pressKey(state, key, atMs);
    state = pressed.state;
    return pressed.action;
  });
};

describe('keys', () => {
  it('goes with g and a letter', () => {
    expect(press(['g', 0], ['d', 300])).toEqual([null, { kind: 'go', to: '/devices' }]);
    expect(press(['g', 0], ['p', 300])).toEqual([null, { kind: 'go', to: '/posture' }]);
    expect(press(['g', 0], ['a', 300])).toEqual([null, { kind: 'go', to: '/' }]);
  });

  it('acknowledges with a alone, and when g was too long ago', () => {
    expect(press(['a', 0])).toEqual([{ kind: 'press', mark: 'ack' }]);
    expect(press(['g', 0], ['a', 2_000])).toEqual([null, { kind: 'press', mark: 'ack' }]);
  });

  it('snoozes, selects and asks why', () => {
    const marks = press(['s', 0], ['x', 1], ['w', 2]).map((action) => action?.kind === 'press' && action.mark);
    expect(marks).toEqual(['snooze', 'select', 'why']);
  });

  it('forgets g after one other key', () => {
    expect(press(['g', 0], ['j', 100], ['d', 200])).toEqual([null, { kind: 'move', by: 1 }, null]);
  });

  it('does nothing for other keys, also for names that objects have', () => {
    expect(press(['z', 0], ['constructor', 0], ['g', 0], ['toString', 1])).toEqual([null, null, null, null]);
  });
});

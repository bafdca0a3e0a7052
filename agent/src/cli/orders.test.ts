// What the starter says, over a real stream; that the agent does so is seen by main.test.ts and on Wine.
import { PassThrough } from 'node:stream';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Orders, listenTo } from './orders.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const said = async (text: string, isEnd = false) => {
  const [orders, input] = [new Orders(), new PassThrough()];
  listenTo(input, orders);
  const changed = orders.changed();
  if (isEnd) input.end(text);
  else input.write(text);
  await changed;
  return orders;
};

describe('orders of who started the agent', () => {
  it.each([
    ['suspend\n', false, 'suspend', false],
    ['what?\nsuspend\r\n', false, 'suspend', false],
    ['shutdown\n', false, 'shutdown', true],
    ['', true, 'stop', true],
    ['toString\n', true, 'stop', true],
    ['shutdown\n', true, 'shutdown', true],
    ['suspend\nshutdown\nresume\n', true, 'shutdown', true],
  ] as const)('%j, and its end: %j', async (text, isEnd, now, isOver) => {
    const orders = await said(text, isEnd);
    await vi.waitFor(() => expect(orders.now).toBe(now), { interval: 1 });
    expect(orders.over.aborted).toBe(isOver);
  });

  it('the machine wakes: the agent runs again', () => {
    const orders = new Orders();
    orders.give('suspend');
    orders.give('run');
    expect(orders.now).toBe('run');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('nobody says that it wakes: the agent runs again after two minutes', async () => {
    const orders = new Orders();
    orders.give('suspend');
    const changed = orders.changed();
    vi.advanceTimersByTime(119_999);
    expect(orders.now).toBe('suspend');
    vi.advanceTimersByTime(1);
    await changed;
    expect(orders.now).toBe('run');
  });

  it('who is to stop is not started again by a machine that wakes', () => {
    const orders = new Orders();
    orders.give('suspend');
    orders.give('stop');
    orders.give('run');
    vi.advanceTimersByTime(200_000);
    expect(orders.now).toBe('stop');
  });
});

// A link that is half open: nothing comes any more, and no end of it is told. The clock runs fast here, the sockets are real.
import { setTimeout as sleep } from 'node:timers/promises';

import { beforeAll, expect, it, vi } from 'vitest';

import { shareTestServer } from '../fixture.ts';
import { TestAgent, enrolDevice } from './test-agent.ts';

// before the server of these tests starts: hooks run in the order in which they stand
beforeAll(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  return () => vi.useRealTimers();
});
const server = shareTestServer();

it('is taken for dead after 40 s, and one that answers the pings is not', async () => {
  const [silent, talking] = await Promise.all([enrolDevice(server()), enrolDevice(server(), 'srv-02')]);
  const swallowed = await TestAgent.connect(server().url, silent);
  const answering = await TestAgent.connect(server().url, talking);
  swallowed.socket.pause(); // as behind a router that has forgotten it: what is sent to it is taken, and never answered
  const pings: number[] = [];
  let second = 0;
  answering.socket.on('ping', () => pings.push(second));
  const connected = () => [silent, talking].map(({ id }) => server().isConnected(id));
  const goOn = async (until: number) => {
    for (; second < until; second += 1) {
      vi.advanceTimersByTime(1_000);
      await sleep(5); // the sockets' own time: a ping and its answer
    }
  };
  await goOn(39);
  expect(connected()).toEqual([true, true]);
  await goOn(43);
  expect(connected()).toEqual([false, true]);
  await goOn(130);
  expect(connected()).toEqual([false, true]);
  expect(pings.length).toBeGreaterThanOrEqual(5);
  expect(answering.isOpen).toBe(true);
  swallowed.socket.terminate();
});

import { describe, expect, it } from 'vitest';

import { type Accepted, Connection, aLine } from './network.ts';
import { World } from './world.ts';

const connect = async () => {
  const [world, line] = [new World(), aLine()];
  const [toServer, toAgent]: [string[], string[]] = [[], []];
  const accepted: Accepted = {
    onData: (data) => toServer.push(String(data)),
    onPong: () => toServer.push('pong'),
    onGone: () => toServer.push('gone'),
  };
  const connection = new Connection(world, line, (run) => run(), {
    onText: (text) => toAgent.push(text),
    onHeard: () => undefined,
    onLost: ({ reason }) => toAgent.push(`lost: ${reason}`),
  });
  connection.open(() => accepted);
  await world.run(100);
  return { world, line, connection, toServer, toAgent };
};

describe('a connection', () => {
  it('keeps the order, however its latency changes', async () => {
    const { world, line, connection, toServer } = await connect();
    line.latencyMs = 5_000;
    connection.socket.send('one');
    line.latencyMs = 1;
    connection.socket.send('two');
    expect(connection.socket.bufferedBytes()).toBe(6);
    await world.run(10_000);
    expect(toServer).toEqual(['one', 'two']);
    expect(connection.socket.bufferedBytes()).toBe(0);
  });

  it('that is cut loses what is on its way, and both sides hear of it once', async () => {
    const { world, connection, toServer, toAgent } = await connect();
    connection.socket.send('lost');
    connection.cut();
    connection.socket.send('lost too');
    await world.run(60_000);
    expect([toServer, toAgent]).toEqual([['gone'], ['lost: connection reset']]);
  });

  it('that is swallowed says nothing to anybody', async () => {
    const { world, connection, toServer, toAgent } = await connect();
    connection.swallow();
    connection.socket.send('lost');
    connection.send('lost');
    await world.run(600_000);
    expect([toServer, toAgent]).toEqual([[], []]);
  });

  it('that the server closes delivers what was said before', async () => {
    const { world, connection, toServer, toAgent } = await connect();
    connection.send('last word');
    connection.close('enough');
    await world.run(1_000);
    expect([toServer, toAgent]).toEqual([['gone'], ['last word', 'lost: enough']]);
  });

  it('that stalls delivers all of it later, in order', async () => {
    const { world, line, connection, toServer } = await connect();
    line.stalledUntilMs = world.nowMs + 5_000;
    connection.socket.send('one');
    connection.socket.send('two');
    await world.run(4_000);
    expect(toServer).toEqual([]);
    await world.run(2_000);
    expect(toServer).toEqual(['one', 'two']);
  });
});

// 2,000 broken frames and texts over real connections: no answer but the protocol's own, and the agent beside them is served all the time.
import type { RecordBody } from '@fettle/shared/wire/record.schema';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';

import { type TestServer, startTestServer } from '../fixture.ts';
import { TestAgent, enrolDevice, randomText } from './test-agent.ts';

const SEED = 20_261_123;
const ROGUES = 10;
const FRAMES_EACH = 200;

const seeds = {
  texts: [
    { type: 'record', lane: 'alerts', epoch: 'A'.repeat(22), seq: 1, body: { kind: 'suspended', at: 1, forMs: 1 } },
    {
      type: 'record',
      lane: 'metrics',
      epoch: 'A'.repeat(22),
      seq: 1,
      body: { kind: 'gap', at: 1, from: 1, count: 1, reason: 'corrupt' },
    },
    { type: 'hello', deviceId: 'd_', lanes: {} },
    { type: 'bye', reason: 'stop' },
  ].map((message) => JSON.stringify(message)),
  frames: [
    [1, 0, 1, 1, 97, 1, 1, 98, 1, 99],
    [2, 0, 1, 0],
    [3, 1, 0, 232, 7, 232, 7, 2, 20, 0],
    [4, 0, 232, 7, 232, 7, 1, 20],
    [5, 0, 1, 1, 1, 2],
    [6, 1, 0, 0, 240, 182, 179, 1, 2, 40, 20, 20, 9, 9, 4],
  ],
};

type Change = readonly [at: number, how: 'set' | 'cut' | 'insert', value: number];

const changed = (bytes: readonly number[], [at, how, value]: Change): readonly number[] => {
  if (how === 'cut') return bytes.toSpliced(at, 1 + (value % 8));
  return bytes.toSpliced(at, how === 'set' ? 1 : 0, value);
};

const mutated = (bytes: readonly number[]) =>
  fc
    .array(fc.tuple(fc.nat(bytes.length), fc.constantFrom('set', 'cut', 'insert'), fc.nat(255)), {
      minLength: 1,
      maxLength: 4,
    })
    .map((changes) => changes.reduce(changed, bytes));

const anyFrame = fc.oneof(
  fc
    .constantFrom(...seeds.frames)
    .chain(mutated)
    .map((bytes) => Buffer.from(bytes)),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc
    .constantFrom(...seeds.texts)
    .chain((text) => mutated([...Buffer.from(text)]))
    .map((bytes) => Buffer.from(bytes).toString('latin1')),
  fc.json({ maxDepth: 3 }),
  fc.constantFrom(...seeds.texts, '{"type":"__proto__"}', '[]', 'null', ''),
);

const slept = (): RecordBody => ({ kind: 'suspended', at: Date.now(), forMs: 1 });

/** Sends each frame where it will be read: on a new connection when the one before has ended. @returns how many ended it */
const attack = async (server: TestServer, frames: readonly (string | Buffer)[]): Promise<number> => {
  const device = await enrolDevice(server);
  let agent = await TestAgent.connect(server.url, device);
  let ended = 0;
  for (const [index, frame] of frames.entries()) {
    agent.socket.send(frame);
    if (await agent.isStillThere()) continue;
    ended += 1;
    agent = index % 8 === 0 ? await TestAgent.dial(server.url) : await TestAgent.connect(server.url, device);
  }
  agent.socket.terminate();
  return ended;
};

it(`stands ${ROGUES * FRAMES_EACH} broken frames, and acknowledges a good agent beside them`, async () => {
  const server = await startTestServer();
  const lanes = { alerts: { epoch: randomText(16), next: 1 }, metrics: { epoch: randomText(16), next: 1 } };
  const good = await TestAgent.connect(server.url, await enrolDevice(server), { lanes });
  const rogues = Array.from({ length: ROGUES }, (_, rogue) =>
    attack(server, fc.sample(anyFrame, { numRuns: FRAMES_EACH, seed: SEED + rogue })),
  );
  const all = Promise.all(rogues).then((counts) => counts.reduce((sum, ended) => sum + ended, 0));
  const state = { isOver: false, slowestMs: 0 };
  void all.finally(() => (state.isOver = true));
  for (let seq = 1; !state.isOver; seq += 1) {
    const sentMs = performance.now();
    good.record(lanes.alerts.epoch, seq, slept());
    await good.acked('alerts', seq);
    state.slowestMs = Math.max(state.slowestMs, performance.now() - sentMs);
  }
  expect(await all).toBeGreaterThan(FRAMES_EACH);
  expect(state.slowestMs).toBeLessThan(1_000);
  expect(good.heard.filter(({ type }) => type === 'refuse')).toEqual([]);
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
}, 120_000);

// The live feed over real connections: what was missed, then what happens, without loss and without repeat.
import { type FeedEvent, feedEvent } from '@fettle/shared/api/feed.schema';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';

import { SYSTEM } from '../domain/actor.ts';
import { type TestServer, ownerOf, shareOwner, shareTestServer, startTestServer } from '../fixture.ts';
import { TestAgent, enrolDevice, randomText } from '../ingest/test-agent.ts';
import { TestConsole, openStream } from './test-console.ts';

const server = shareTestServer();
const owner = shareOwner(server);
let device = '';
beforeAll(async () => {
  device = (await enrolDevice(server())).id;
});

const about = {
  os: 'linux',
  class: 'server',
  agentVersion: '1',
  bootId: 'b',
  clockOffsetMs: 0,
} as const;

/** Each is an event of the log. */
const happen = (count: number, { commit }: Pick<TestServer, 'commit'> = server(), id = device, hostname = 'srv-01') =>
  Promise.all(Array.from({ length: count }, () => commit({ type: 'hello', device: id, ...about, hostname })));

const lastSeq = async ({ ask }: Pick<TestServer, 'ask'> = server()) => (await ask('event range', SYSTEM, {})).last;
const from = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

const eventsIn = (text: string): readonly FeedEvent[] =>
  [...text.matchAll(/^data: (\{"seq".*"kind".*)$/gm)].map(([, json = '']) => feedEvent.parse(JSON.parse(json)));

describe.each([
  [
    'the WebSocket',
    async (query: string) => {
      const viewer = await TestConsole.open(server().url, owner(), query);
      return { seqs: () => viewer.seqs, close: () => viewer.socket.close() };
    },
  ],
  [
    'the stream',
    async (query: string) => {
      const stream = await openStream(server().url, owner(), query);
      return { seqs: () => eventsIn(stream.read()).map(({ seq }) => seq), close: () => stream.close() };
    },
  ],
])('%s', (_name, open) => {
  it('tells what happens from now on', async () => {
    const viewer = await open('');
    const before = await lastSeq();
    await happen(3);
    await expect.poll(viewer.seqs).toEqual(from(before + 1, before + 3));
    viewer.close();
  });

  it('tells first what was missed, in pages, then what happens', async () => {
    const before = await lastSeq();
    await happen(1_200);
    const viewer = await open(`?after=${before}`);
    await happen(5);
    await expect.poll(viewer.seqs, { timeout: 5_000 }).toEqual(from(before + 1, before + 1_205));
    viewer.close();
  });

  it('loses nothing and repeats nothing, whenever it is cut off and resumed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(30), fc.nat(30), fc.nat(30)), { minLength: 2, maxLength: 5 }),
        async (rounds) => {
          const before = await lastSeq();
          const seen: number[] = [];
          for (const [during, between, after] of rounds) {
            const busy = happen(during);
            const viewer = await open(`?after=${seen.at(-1) ?? before}`);
            const more = happen(between);
            await busy; // cut in the middle of what is going on
            viewer.close();
            seen.push(...viewer.seqs());
            await Promise.all([more, happen(after)]);
          }
          const last = await lastSeq();
          const viewer = await open(`?after=${seen.at(-1) ?? before}`);
          await expect.poll(() => [...seen, ...viewer.seqs()]).toEqual(last > before ? from(before + 1, last) : []);
          viewer.close();
        },
      ),
      { numRuns: 5, seed: 20_261_123 },
    );
  }, 15_000);
});

describe('too far behind', () => {
  it('is told to fetch everything anew, and where events go on: after a restored backup, and after the log was cleared', async () => {
    const own = await startTestServer();
    const headers = await ownerOf(own);
    const { id } = await enrolDevice(own);
    await happen(10, own, id);
    const last = await lastSeq(own);
    const ahead = await TestConsole.open(own.url, headers, '?after=999');
    await expect.poll(() => ahead.of('snapshot')).toEqual([{ type: 'snapshot', seq: last }]);
    await own.commit({ type: 'expire', eventsBeforeMs: Date.now() + 1e6, sessionsBeforeMs: 0 });
    await happen(2, own, id);
    const stream = await openStream(own.url, headers, '?after=1');
    await expect.poll(stream.read).toContain(`id: ${last + 2}\nevent: snapshot\ndata: {"seq":${last + 2}}\n\n`);
    await happen(1, own, id);
    await expect.poll(() => ahead.seqs).toEqual([last + 1, last + 2, last + 3]);
    await expect.poll(() => eventsIn(stream.read()).map(({ seq }) => seq)).toEqual([last + 3]);
    stream.close();
  });

  it('by more than 5,000 events, too', async () => {
    const before = await lastSeq();
    await happen(5_001);
    const viewer = await TestConsole.open(server().url, owner(), `?after=${before}`);
    await expect.poll(() => viewer.of('snapshot')).toEqual([{ type: 'snapshot', seq: before + 5_001 }]);
    expect(viewer.seqs).toEqual([]);
  });
});

describe('one who does not read', () => {
  it('is cut off instead of waited for, and others are told all the same', async () => {
    const [slow, quick] = [
      await TestConsole.open(server().url, owner()),
      await TestConsole.open(server().url, owner()),
    ];
    const before = await lastSeq();
    slow.socket.pause();
    await happen(3_000, server(), device, 'x'.repeat(4_000)); // more than sockets hold by themselves
    await expect.poll(() => quick.seqs.length, { timeout: 5_000 }).toBe(3_000);
    slow.socket.resume();
    await expect.poll(() => slow.closed, { timeout: 5_000 }).toEqual({ code: 1013, reason: 'too slow' });
    const told = slow.seqs.length;
    expect(told).toBeLessThan(3_000);
    expect(slow.seqs).toEqual(from(before + 1, before + told));
  }, 20_000);
});

it('the stream resumes by Last-Event-ID, over ?after, and says of each event what it is', async () => {
  const before = await lastSeq();
  await happen(3);
  const stream = await openStream(server().url, { ...owner(), 'last-event-id': String(before + 1) }, '?after=0');
  expect(stream.response.headers.get('content-type')).toBe('text/event-stream');
  expect(stream.response.headers.get('cache-control')).toBe('no-store');
  expect(stream.response.headers.get('content-security-policy')).toContain("default-src 'self'");
  await expect.poll(() => eventsIn(stream.read()).length).toBe(2);
  const [, first = ''] = stream.read().split('\n\n');
  expect(first).toMatch(new RegExp(`^id: ${before + 2}\nevent: device\ndata: \\{.*\\}$`));
  stream.close();
});

it('the WebSocket says first who it is; with the list and the stream it has one cursor', async () => {
  const viewer = await TestConsole.open(server().url, owner());
  const last = await lastSeq();
  await expect
    .poll(() => viewer.heard[0])
    .toEqual({ type: 'hello', server: { version: '0.1.0', hurry: false, lastSeq: last } });
  await happen(1);
  await expect.poll(() => viewer.seqs).toEqual([last + 1]);
  const list = await fetch(`${server().url}/api/v1/events?after=${last}`, { headers: owner() });
  expect(await list.json()).toEqual({ items: viewer.of('event').map(({ event }) => event), next: null });
});

it('tells a device, its alert and its ticket as they come', async () => {
  const viewer = await TestConsole.open(server().url, owner());
  const lanes = { alerts: { epoch: randomText(16), next: 1 }, metrics: { epoch: randomText(16), next: 1 } };
  const agent = await TestAgent.connect(server().url, await enrolDevice(server()), { lanes });
  const at = Date.now();
  const told = {
    rule: 'disk.space',
    ruleHash: 'h',
    instance: '/',
    severity: 'critical',
    at,
    since: at,
    reason: 'threshold',
    evidence: [],
  } as const;
  agent.record(lanes.alerts.epoch, 1, { kind: 'transition', transition: { change: 'fire', ...told, evidence: [] } });
  await expect
    .poll(() => viewer.of('event').map(({ event }) => `${event.kind} ${event.change}`))
    .toEqual(['device enrolled', 'device presence', 'ticket opened', 'alert fired']);
});

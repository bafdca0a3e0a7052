// A link between a real spool and a played server, over a real socket, with a clock that is moved by hand.
import { setTimeout } from 'node:timers/promises';

import type { Clock } from '@fettle/shared/time';
import { encodeBlock } from '@fettle/shared/wire/encode';
import type { ServerMessage } from '@fettle/shared/wire/server-message.schema';
import { expect, onTestFinished, vi } from 'vitest';

import { systemClock } from './host/clock.ts';
import { type OwnKey, type Self, helloOf, rekeyOf } from './link/hello.ts';
import { Link, type LinkLog, type LinkStatus } from './link/link.ts';
import type { Outbox } from './link/outbox.ts';
import { webSocketDial } from './link/socket.ts';
import { outboxOf } from './outbox.ts';
import { type PlayedLink, SERVER_ID } from './played-server.ts';
import { memorySpool } from './spool/memory.ts';

export const AT = 1_763_856_000_000;
const RUN = { uptimeMs: 9_000, agentMs: 5_000, asleepMs: 0, lastEnd: 'stopped' } as const;
export const EPOCH = { alerts: 'a'.repeat(22), metrics: 'm'.repeat(22) } as const;
/** Of a lane that had to begin anew. */
export const RENEWED = 'r'.repeat(22);
export const self: Self = {
  deviceId: `d_${'d'.repeat(22)}`,
  serverId: SERVER_ID,
  sign: () => 's'.repeat(86),
  newNonce: () => 'x'.repeat(22),
  device: { os: 'linux', class: 'server' },
  hostname: 'pc',
  agentVersion: '0.1.0',
  bootId: 'boot',
};

/** A key that a copy made. */
export const keptKey = (): Promise<OwnKey> =>
  Promise.resolve({ publicKey: 'k'.repeat(43), sign: () => 'p'.repeat(86) });

const handClock = () => {
  let nowMs = 0;
  const timers = new Set<{ readonly atMs: number; readonly run: () => void }>();
  const waits: number[] = [];
  const clock: Clock = {
    wallMs: () => AT,
    monoMs: () => nowMs,
    after: (delayMs, run) => {
      waits.push(delayMs);
      const timer = { atMs: nowMs + delayMs, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
  };
  /** Time goes by, and what is due happens. */
  const pass = (ms: number) => {
    nowMs += ms;
    for (const timer of [...timers].filter(({ atMs }) => atMs <= nowMs)) {
      timers.delete(timer);
      timer.run();
    }
  };
  return { clock, waits, pass, timers };
};

/** Looks often: nothing here takes long. */
export const soon = <T>(look: () => T): Promise<T> => vi.waitFor(look, { interval: 2, timeout: 5_000 });

/** A link to the address that starts at once, its spool, and all that is heard of it. */
export const aLink = (url: string, alerts = 0, random = 0, ownKey = keptKey) => {
  const { clock, waits, pass, timers } = handClock();
  const epochs: string[] = [EPOCH.alerts, EPOCH.metrics];
  const maxBytes = { alerts: 1e6, metrics: 1e6 };
  const spool = memorySpool({ newEpoch: () => epochs.shift() ?? RENEWED, maxBytes });
  const { outbox, order, breakSetAside } = watched(outboxOf(spool, () => undefined));
  const logs: (LinkLog & { readonly detail?: string; readonly status: LinkStatus })[] = [];
  const heard: ServerMessage[] = [];
  const append = (count: number) => {
    for (let index = 0; index < count; index += 1) void spool.append('alerts', Buffer.from('{}'), AT);
  };
  const link: Link = new Link({
    clock,
    rng: () => random,
    dial: webSocketDial(url),
    outbox,
    hello: (challenge) => helloOf(self, challenge, { outbox, ruleSet: 'v1', wallMs: AT, run: RUN }),
    rekey: (challenge) => rekeyOf(self, challenge, ownKey),
    onRekeyed: (device) => heard.push(device),
    onWelcome: (welcome) => heard.push(welcome),
    onMessage: (message) => heard.push(message),
    log: (entry) => logs.push({ ...entry, status: link.status }),
  });
  append(alerts);
  link.start();
  onTestFinished(() => link.stop('stop'));
  /** The first entry of the kind, as soon as there is one. */
  const logged = (event: LinkLog['event']) =>
    soon(() => {
      const entry = logs.find((one) => one.event === event);
      if (!entry) throw new Error(`nothing logged of ${event}: ${JSON.stringify(logs)}`);
      return entry;
    });
  return { link, spool, append, logs, logged, heard, waits, pass, timers, order, breakSetAside };
};

/** In which order records are set aside and acknowledged; the first takes its time, as a disk does. */
const watched = (outbox: Outbox) => {
  const order: string[] = [];
  let isBroken = false;
  const spied: Outbox = {
    ...outbox,
    ack: (lane, epoch, seq) => {
      if (lane === 'alerts') order.push(`ack ${seq}`);
      return outbox.ack(lane, epoch, seq);
    },
    setAside: async (lane, epoch, seq) => {
      await setTimeout(20);
      if (isBroken) throw new Error('EIO');
      order.push(`set aside ${seq}`);
      await outbox.setAside(lane, epoch, seq);
    },
  };
  return { outbox: spied, order, breakSetAside: () => (isBroken = true) };
};

/** A link with the clock of this machine, not started yet, and batches of one series. */
export const realLink = (url: string) => {
  const maxBytes = { alerts: 1e6, metrics: 1e6 };
  const all: string[] = [EPOCH.alerts, EPOCH.metrics];
  const spool = memorySpool({ newEpoch: () => all.shift() ?? RENEWED, maxBytes });
  const outbox = outboxOf(spool, () => [{ metric: 'system.load', attributes: {} }]);
  const link = new Link({
    clock: systemClock,
    rng: () => 0,
    dial: webSocketDial(url),
    outbox,
    hello: (challenge) => helloOf(self, challenge, { outbox, ruleSet: 'v1', wallMs: AT, run: RUN }),
    rekey: () => Promise.resolve(undefined),
    onRekeyed: () => undefined,
    onWelcome: () => undefined,
    onMessage: () => undefined,
    log: () => undefined,
  });
  onTestFinished(() => link.stop('stop'));
  /** Batches of 1 KiB: readings that jump. */
  const fill = (count: number) => {
    const column = Array.from({ length: 180 }, (_, step) => (step % 2) * 2 ** 38);
    for (let index = 0; index < count; index += 1) {
      const block = encodeBlock({ t0: AT + index, stepMs: 1_000, count: column.length }, [column]);
      void spool.append('metrics', Buffer.concat([Buffer.of(0), block]), AT);
    }
  };
  return { link, spool, fill, epochs: EPOCH };
};

/** The numbers of the records that came. */
export const seqsOf = ({ received }: PlayedLink) =>
  received.flatMap((one) => (typeof one === 'object' && one !== null && 'seq' in one ? [one.seq] : []));
export const holds = (link: PlayedLink, seqs: readonly number[]) => soon(() => expect(seqsOf(link)).toEqual(seqs));

// An agent without a machine: the real link with its back-off, a spool in memory, a key of its own. It tells what every agent tells
// after a welcome (its readings of now and a digest), and an alert when asked.
import { type KeyObject, randomBytes, sign } from 'node:crypto';

import { systemClock } from '@fettle/agent/host/clock';
import { helloOf } from '@fettle/agent/link/hello';
import { Link } from '@fettle/agent/link/link';
import { webSocketDial } from '@fettle/agent/link/socket';
import { outboxOf } from '@fettle/agent/outbox';
import { batchPayload } from '@fettle/agent/spool/batcher';
import { memorySpool } from '@fettle/agent/spool/memory';
import { SeriesSets } from '@fettle/agent/spool/series-sets';
import { encodeBlock } from '@fettle/shared/wire/encode';
import type { RecordBody } from '@fettle/shared/wire/record.schema';

import { createTrace } from '../bench/trace.ts';

export type Enrolled = { readonly deviceId: string; readonly key: KeyObject };
/** The same for all of a process. */
export type Common = {
  readonly url: string;
  readonly serverId: string;
  readonly onAlertAcked: (tookMs: number) => void;
  /** Known to all once one has heard it: agents keep the rules on their disks. */
  ruleSet: string;
};

const STEP_MS = 10_000;
const MAX_BYTES = { alerts: 65_536, metrics: 65_536 };
const trace = createTrace(0);
const sets = new SeriesSets();
const setKey = sets.keyOf(
  trace.series.map((one) => JSON.stringify(one)),
  () => trace.series,
);
const newEpoch = (): string => randomBytes(16).toString('base64url');

export class PlainAgent {
  readonly #common: Common;
  readonly #spool = memorySpool({ newEpoch, maxBytes: MAX_BYTES });
  readonly #link: Link;
  /** Alerts on their way: by their number when they were kept. */
  readonly #waiting = new Map<number, number>();
  #openedMs = 0;

  constructor({ deviceId, key }: Enrolled, common: Common) {
    this.#common = common;
    const self = {
      deviceId,
      serverId: common.serverId,
      sign: (text: string) => sign(null, Buffer.from(text), key).toString('base64url'),
      newNonce: () => randomBytes(16).toString('base64url'),
      device: { os: 'linux', class: 'server' },
      hostname: `load-${deviceId.slice(2, 10)}`,
      agentVersion: 'load',
      bootId: 'load',
    } as const;
    const kept = outboxOf(this.#spool, sets.seriesOf);
    const outbox: typeof kept = {
      ...kept,
      ack: (lane, epoch, seq) => this.#onAck(lane, seq, kept.ack(lane, epoch, seq)),
    };
    this.#link = new Link({
      clock: systemClock,
      rng: Math.random,
      dial: webSocketDial(common.url),
      outbox,
      hello: (challenge) => {
        const { ruleSet } = common;
        const ranMs = Math.round(systemClock.monoMs());
        const run = { uptimeMs: ranMs, agentMs: ranMs, asleepMs: 0, lastEnd: 'unknown' } as const;
        return helloOf(self, challenge, { outbox, ruleSet, wallMs: systemClock.wallMs(), run });
      },
      rekey: () => Promise.resolve(undefined),
      onRekeyed: () => undefined,
      onWelcome: ({ ruleSet }) => {
        if (ruleSet) common.ruleSet = ruleSet.version;
        this.#greet();
      },
      onMessage: () => undefined,
      log: () => undefined,
    });
  }

  get isOpen(): boolean {
    return this.#link.status.state === 'open';
  }

  /** What keeps it from being open. */
  get lastError(): string {
    return this.#link.status.lastError;
  }

  start(): void {
    this.#link.start();
  }

  /** Kept now, sent as soon as there is a link. @returns its number in the lane */
  async alert(instance = '/load'): Promise<number> {
    const at = Date.now();
    const seq = await this.#keep({
      kind: 'transition',
      transition: {
        change: 'fire',
        rule: 'disk.space',
        ruleHash: 'load',
        instance,
        severity: 'critical',
        at,
        since: at,
        reason: 'threshold',
        evidence: [],
      },
    });
    this.#waiting.set(seq, performance.now());
    this.#link.wake();
    return seq;
  }

  /** The next readings of ten seconds. @returns its number in the lane */
  async batch(t0Ms: number): Promise<number> {
    const payload = batchPayload(setKey, encodeBlock({ t0: t0Ms, stepMs: STEP_MS, count: 1 }, trace.next(1)));
    const seq = await this.#spool.append('metrics', payload, Date.now());
    this.#link.wake();
    return seq;
  }

  acked(lane: 'alerts' | 'metrics'): number {
    return this.#spool.counts(lane).acked;
  }

  stop(): void {
    this.#link.stop('stop');
  }

  #greet(): void {
    this.#openedMs = performance.now();
    const block = encodeBlock({ t0: Date.now(), stepMs: STEP_MS, count: 1 }, trace.next(1));
    this.#link.sendLoose('now', { setKey, series: trace.series, block });
    void this.#keep({ kind: 'digest', at: Date.now(), open: [], judged: [], undecided: [] }).then(() =>
      this.#link.wake(),
    );
  }

  #keep(body: RecordBody): Promise<number> {
    return this.#spool.append('alerts', Buffer.from(JSON.stringify(body)), Date.now());
  }

  #onAck(lane: string, acked: number, isTaken: boolean): boolean {
    if (lane !== 'alerts' || !isTaken) return isTaken;
    for (const [seq, keptMs] of this.#waiting) {
      if (seq > acked) continue;
      this.#waiting.delete(seq);
      this.#common.onAlertAcked(performance.now() - Math.max(keptMs, this.#openedMs));
    }
    return isTaken;
  }
}

// What really happened: every record that an agent issued, every one that the server made durable. Each step is checked as it is done.
import { openBatchPayload } from '@fettle/agent/spool/batcher';
import type { Lane } from '@fettle/agent/spool/spool';
import type { Outcome, Result, WriterEvent } from '@fettle/server/domain/event';
import type { Transition } from '@fettle/shared/alert/alert';
import { recordBody } from '@fettle/shared/wire/record.schema';

import type { Databases } from './databases.ts';

/** A record that the server made durable. `what` names a transition or the content of a batch; "" for anything else. */
export type Effect = {
  readonly device: string;
  readonly lane: Lane;
  readonly epoch: string;
  readonly from: number;
  readonly seq: number;
  readonly kind: 'row' | 'thinned' | 'gap' | 'poison';
  readonly count: number;
  readonly what: string;
  /** Of a gap. */
  readonly reason?: string;
};

/** A transition that is on an agent's disk, or was until the machine went back to a snapshot: then the server alone has it. */
export type Safe = { readonly device: string; readonly what: string; readonly isServersAlone?: true };

/** How much of what was durable a backup holds. */
export type Bookmark = { readonly alerts: number; readonly metrics: number };

export type Ack = { readonly lane: Lane; readonly epoch: string; readonly seq: number };

/** A law that does not hold. */
export class Violation extends Error {}

const decoder = new TextDecoder();

type Named = Omit<Transition, 'evidence' | 'processes'>;

const transitionName = ({ rule, instance, change, severity, at, since }: Named): string =>
  JSON.stringify([rule, instance, change, severity, at, since]);

const blockName = (block: Uint8Array): string => Buffer.from(block).toString('latin1');

export class Ledger {
  readonly #onViolation: (violation: Violation) => void;
  safe: readonly Safe[] = [];
  /** By lane: the two files of the server are committed, and restored, apart. */
  readonly durable: { readonly alerts: Effect[]; readonly metrics: Effect[] } = { alerts: [], metrics: [] };
  /** How far each lane has come, by device, lane and epoch, and the epoch of each device's mark. */
  readonly #marks = new Map<string, number>();
  readonly #epochs = new Map<string, string>();
  readonly #names: { readonly alerts: Set<string>; readonly metrics: Set<string> } = {
    alerts: new Set(),
    metrics: new Set(),
  };

  /** @param onViolation is told of a law that does not hold; it may be called in the midst of anything */
  constructor(onViolation: (violation: Violation) => void) {
    this.#onViolation = onViolation;
  }

  /** An agent has something to keep. */
  given(device: string, lane: Lane, payload: Uint8Array): void {
    this.#names[lane].add(`${device} ${nameIn(lane, payload)}`);
  }

  /** Its spool says that it is on the disk. */
  kept(device: string, payload: Uint8Array): void {
    const what = nameIn('alerts', payload);
    if (what !== '') this.safe = [...this.safe, { device, what }];
  }

  /** A copy is another device now, and tells as that what it had not told. */
  moved(from: string, to: string): void {
    for (const names of [this.#names.alerts, this.#names.metrics])
      for (const name of names) if (name.startsWith(`${from} `)) names.add(`${to} ${name.slice(from.length + 1)}`);
  }

  /** A machine goes back to a snapshot: what its disk held beside what the server has is gone with it. */
  takeBack(device: string): void {
    const isThere = this.#isDurable();
    this.safe = this.safe.flatMap((one) => {
      if (one.device !== device) return one;
      return isThere(one) ? { ...one, isServersAlone: true } : [];
    });
  }

  /** The server says that everything up to there is durable. */
  acked(device: string, { lane, epoch, seq }: Ack): void {
    const durable = this.#marks.get(placeKey(device, lane, epoch)) ?? 0;
    if (seq > durable) this.#violated(`${lane} of ${device} acknowledged up to ${seq}, durable up to ${durable}`);
  }

  committed(events: readonly WriterEvent[], results: readonly Result[], databases: Databases): void {
    const touched = new Set<string>();
    for (const [index, event] of events.entries()) {
      const effect = effectOf(event, results[index]?.outcome);
      if (!effect) continue;
      touched.add(`${effect.lane} ${effect.device}`);
      this.#note(effect);
    }
    for (const name of touched) this.#compareMark(name, databases);
  }

  mark(device: string, lane: Lane): { readonly epoch: string; readonly seq: number } {
    const epoch = this.#epochs.get(`${lane} ${device}`) ?? '';
    return { epoch, seq: this.#marks.get(placeKey(device, lane, epoch)) ?? 0 };
  }

  bookmark(): Bookmark {
    return { alerts: this.durable.alerts.length, metrics: this.durable.metrics.length };
  }

  /** The server goes on from a backup: what came after it never happened there. */
  rollBack(to: Bookmark): void {
    for (const lane of ['alerts', 'metrics'] as const) this.durable[lane].length = to[lane];
    this.#marks.clear();
    this.#epochs.clear();
    for (const effect of [...this.durable.alerts, ...this.durable.metrics]) this.#move(effect);
    const isThere = this.#isDurable();
    this.safe = this.safe.filter((one) => !one.isServersAlone || isThere(one));
  }

  #isDurable(): (safe: Safe) => boolean {
    const there = new Set(this.durable.alerts.map(({ device, what }) => `${device} ${what}`));
    return ({ device, what }) => there.has(`${device} ${what}`);
  }

  #violated(why: string): void {
    this.#onViolation(new Violation(why));
  }

  #note(effect: Effect): void {
    const { device, lane, from, seq, kind, what } = effect;
    const mark = this.mark(device, lane);
    const last = mark.epoch === effect.epoch ? mark.seq : 0;
    if (from > last + 1) this.#violated(`${lane} of ${device}: ${from} was made durable after ${last}, a hole`);
    if (seq <= last) this.#violated(`${lane} of ${device}: ${seq} took effect again, the mark was at ${last}`);
    const isIssued = kind !== 'row' || what === '' || this.#names[lane].has(`${device} ${what}`);
    if (!isIssued) this.#violated(`${lane} of ${device}: ${seq} was never issued: ${what.slice(0, 200)}`);
    this.durable[lane].push(effect);
    this.#move(effect);
  }

  #move({ device, lane, epoch, seq }: Effect): void {
    this.#marks.set(placeKey(device, lane, epoch), seq);
    this.#epochs.set(`${lane} ${device}`, epoch);
  }

  #compareMark(name: string, { fettle, metrics }: Databases): void {
    const [lane, device = ''] = name.split(' ');
    const stored = lane === 'alerts' ? fettle.marks.get(device) : metrics.mark(device);
    const mark = this.mark(device, lane === 'alerts' ? 'alerts' : 'metrics');
    if ((stored?.epoch ?? '') === mark.epoch && (stored?.seq ?? 0) === mark.seq) return;
    this.#violated(`the mark of ${name} is ${stored?.seq}, what is durable ends at ${mark.seq}`);
  }
}

const placeKey = (device: string, lane: Lane, epoch: string): string => `${device} ${lane} ${epoch}`;

const nameIn = (lane: Lane, payload: Uint8Array): string =>
  lane === 'alerts' ? transitionIn(payload) : blockName(openBatchPayload(payload).block);

const transitionIn = (payload: Uint8Array): string => {
  const text = decoder.decode(payload);
  if (!text.startsWith('{"kind":"transition"')) return '';
  const body = recordBody.parse(JSON.parse(text));
  return body.kind === 'transition' ? transitionName(body.transition) : '';
};

/** @returns undefined for what belongs to no lane, or had no effect */
const effectOf = (event: WriterEvent, outcome: Outcome | undefined): Effect | undefined => {
  const place = placeIn(event);
  if (!place || (outcome?.is !== 'done' && outcome?.is !== 'refused')) return undefined;
  if (outcome.is === 'refused' && outcome.code === 'unknown_device') return undefined;
  return outcome.is === 'refused' ? { ...place, kind: 'poison', what: '' } : place;
};

const placeIn = (event: WriterEvent): Effect | undefined => {
  switch (event.type) {
    case 'record': {
      const { device, epoch, seq, body } = event;
      const at = { device, epoch, seq, lane: 'alerts' as const };
      if (body.kind === 'gap')
        return { ...at, from: body.from, kind: 'gap', count: body.count, what: '', reason: body.reason };
      const what = body.kind === 'transition' ? transitionName(body.transition) : '';
      return { ...at, from: seq, kind: 'row', count: 1, what };
    }
    case 'batch': {
      const { device, epoch, seq, block } = event;
      return { device, epoch, seq, from: seq, lane: 'metrics', kind: 'row', count: 1, what: blockName(block) };
    }
    case 'thinned': {
      const { device, epoch, from, seq } = event;
      return { device, epoch, seq, from, lane: 'metrics', kind: 'thinned', count: seq - from + 1, what: '' };
    }
    case 'metric gap': {
      const { device, epoch, from, seq, count } = event;
      return { device, epoch, seq, from, lane: 'metrics', kind: 'gap', count, what: '' };
    }
    case 'pass record':
    case 'pass batch': {
      const { device, epoch, seq } = event;
      const lane = event.type === 'pass record' ? 'alerts' : 'metrics';
      return { device, epoch, seq, from: seq, lane, kind: 'poison', count: 1, what: '' };
    }
    default:
      return undefined;
  }
};

// Broken messages and frames, said to the server's real sessions by many rogues at once.
import { setImmediate } from 'node:timers/promises';

import { thin } from '@fettle/shared/chunk/thin';
import {
  encodeBatch,
  encodeBlock,
  encodeLoose,
  encodeSeries,
  encodeSet,
  encodeThinned,
} from '@fettle/shared/wire/encode';
import { samples } from '@fettle/shared/wire/fixture';
import { FRAME } from '@fettle/shared/wire/frame';
import { recordBody } from '@fettle/shared/wire/record.schema';

import { readText } from '../../server/src/ingest/read-text.ts';
import { brokenBytes } from './broken-bytes.ts';
import { brokenText } from './broken-text.ts';
import type { Chance } from './chance.ts';
import { type RogueHost, startHost } from './rogue-host.ts';
import { ROGUE_SERIES, Rogue, claimedSeq } from './rogue.ts';
import { type Tally, newTally, noteCrash } from './tally.ts';

const ROGUES = 256;
/** Said, and opened, between two turns of the loop: as many as come in a moment of a real fleet. */
const AT_ONCE = 16;
const OPENED_AT_ONCE = 4;
const AT = 1_763_856_000_000;
const FRAME_TYPES: ReadonlySet<number | undefined> = new Set(Object.values(FRAME));

const bodies = samples.filter(([, schema]) => schema === recordBody).map(([, , value]) => value);

export type Attack = { readonly messages: number; readonly frames: number };
export type Beaten = {
  readonly texts: Tally;
  readonly frames: Tally;
  readonly slowestMs: number;
  readonly hellos: number;
};

/** What no session takes ends it, and to open another costs more than all else: so many of these are said, all are read. */
const SAID_OF_MALFORMED = 0.25;

/** @param onWarm called when a tenth of either is done: what comes from then on shows what it costs */
export const attackServer = async (attack: Attack, chance: Chance, onWarm: () => Promise<void>): Promise<Beaten> => {
  const texts = newTally();
  const frames = newTally();
  const rogues = Array.from({ length: ROGUES }, () => new Rogue());
  const host = await startHost(rogues, (what, error) => noteCrash(texts, what, error));
  const round = new Round(host, rogues, chance, texts);
  for (const share of [0.1, 0.9]) {
    await round.until(attack.messages * share, (rogue) => sayText(rogue, chance, texts));
    await round.until(attack.frames * share, (rogue) => sendFrame(rogue, chance, frames));
    if (share < 0.5) await onWarm();
  }
  await host.close();
  return { texts, frames, slowestMs: round.slowestMs, hellos: round.hellos };
};

class Round {
  readonly #host: RogueHost;
  readonly #rogues: readonly Rogue[];
  readonly #chance: Chance;
  readonly #tally: Tally;
  slowestMs = 0;
  hellos = 0;

  constructor(host: RogueHost, rogues: readonly Rogue[], chance: Chance, tally: Tally) {
    this.#tally = tally;
    this.#host = host;
    this.#rogues = rogues;
    this.#chance = chance;
  }

  /** @param attack says something broken; @returns when so many of them were looked at: those that return true */
  async until(count: number, attack: (rogue: Rogue) => boolean): Promise<void> {
    for (let done = 0; done < count;) {
      const ready = this.#rogues.filter(({ isReady }) => isReady);
      for (let said = 0; said < AT_ONCE && done < count; said += 1) {
        const rogue = ready[this.#chance.below(ready.length)];
        if (!rogue?.isReady) continue;
        const startedMs = performance.now();
        if (attack(rogue)) done += 1;
        this.slowestMs = Math.max(this.slowestMs, performance.now() - startedMs);
      }
      this.#reopen();
      await setImmediate();
    }
  }

  #reopen(): void {
    for (const rogue of this.#rogues) if (rogue.isSpent) rogue.renew();
    const idle = this.#rogues.filter(({ isIdle }) => isIdle);
    for (const rogue of idle.slice(0, OPENED_AT_ONCE)) this.#open(rogue);
  }

  /** Every fourth says something broken instead of a hello first, which nearly always ends it. */
  #open(rogue: Rogue): void {
    if (!this.#chance.is(0.25)) return rogue.open(this.#host.ingest);
    this.hellos += 1;
    const hello = brokenText(rogue.hello, this.#chance);
    try {
      rogue.open(this.#host.ingest, hello);
    } catch (error) {
      noteCrash(this.#tally, hello, error);
      rogue.cut();
    }
  }
}

const sayText = (rogue: Rogue, chance: Chance, tally: Tally): boolean => {
  const text = brokenText(goodMessage(rogue, chance), chance);
  try {
    const read = readText(text);
    if (read.is === 'malformed' && !chance.is(SAID_OF_MALFORMED)) {
      tally.refused += 1;
      return true;
    }
    rogue.say(text);
    if (!rogue.isOpen) tally.refused += 1;
    else if (read.is === 'unknown') tally.unknown += 1;
    else if (read.is === 'poison') {
      tally.poisoned += 1;
      rogue.passed(read.lane, read.seq);
    } else {
      tally.accepted += 1;
      if (read.is === 'message' && read.message.type === 'record') rogue.passed(read.message.lane, read.message.seq);
    }
  } catch (error) {
    noteCrash(tally, text, error);
    rogue.cut();
  }
  return true;
};

const goodMessage = (rogue: Rogue, chance: Chance): object => {
  if (chance.is(0.05)) return rogue.hello;
  if (chance.is(0.05)) return { type: 'bye', reason: 'suspend' };
  const lane = chance.is(0.1) ? 'metrics' : 'alerts';
  const seq = rogue.next[lane];
  const gap = { kind: 'gap', at: AT, from: seq, count: 1, reason: 'corrupt' };
  const body = lane === 'metrics' || chance.is(0.1) ? gap : (bodies[chance.below(bodies.length)] ?? gap);
  return { type: 'record', lane, epoch: rogue.epochs[lane], seq, body };
};

const sendFrame = (rogue: Rogue, chance: Chance, tally: Tally): boolean => {
  const frame = brokenBytes(goodFrame(rogue, chance), chance);
  const before = rogue.next.metrics;
  try {
    rogue.send(frame);
    const seq = claimedSeq(frame);
    if (!rogue.isOpen) tally.refused += 1;
    else {
      tally.accepted += 1;
      if (seq !== undefined) rogue.passed('metrics', Math.max(before - 1, seq));
    }
  } catch (error) {
    noteCrash(tally, Buffer.from(frame).toString('hex'), error);
    rogue.cut();
  }
  return FRAME_TYPES.has(frame[0]);
};

const goodFrame = (rogue: Rogue, chance: Chance): Uint8Array => {
  const seq = rogue.next.metrics;
  const column = () => Array.from({ length: 6 }, () => (chance.is(0.1) ? Number.NaN : chance.below(1_000)));
  const block = encodeBlock({ t0: AT + (seq % 1e6) * 60_000, stepMs: 10_000, count: 6 }, [column(), column()]);
  switch (chance.below(8)) {
    case 0:
      return encodeSeries({ firstId: ROGUE_SERIES.length, series: [{ metric: 'a', attributes: { b: 'ü' } }] });
    case 1:
      return encodeSet({ setId: 1, seriesIds: [1, 0] });
    case 2:
      return encodeLoose(chance.is(0.5) ? 'now' : 'live', 0, block);
    case 3:
      return encodeThinned({ from: seq, seq: seq + 1 }, 0, thin([block, block], 2)?.[0] ?? block);
    default:
      return encodeBatch(seq, 0, block);
  }
};

// What tells people elsewhere: the sender, its rhythm, and the heartbeat.
import { MINUTE_MS, SECOND_MS } from '@fettle/shared/time';
import type { FastifyBaseLogger } from 'fastify';

import type { Outcome, WriterEvent } from './domain/event.ts';
import type { Channel } from './domain/notice/channel.ts';
import type { Attempted } from './domain/notice/delivery.ts';
import { testMessage } from './domain/notice/message.ts';
import { type Pace, paced } from './domain/times.ts';
import { beat } from './notice/heartbeat.ts';
import type { SmtpSettings } from './notice/mail.ts';
import { type Send, createSend } from './notice/send.ts';
import { NoticeSender } from './notice/sender.ts';
import { newId } from './store/ids.ts';

export type NoticeOptions = {
  readonly smtp: SmtpSettings | undefined;
  /** Names and addresses within our own network that channels may lead to. */
  readonly privateHosts: ReadonlySet<string>;
  readonly heartbeatUrl: string | undefined;
};

type NoticeParts = NoticeOptions & {
  readonly commit: (event: WriterEvent) => Promise<Outcome>;
  readonly nowMs: () => number;
  readonly url: () => string;
  readonly pace: Pace;
  readonly log: FastifyBaseLogger;
  readonly count: (result: Attempted['is']) => void;
};

const LOOK_MS = 5 * SECOND_MS;
const DEADLINE_MS = 10 * SECOND_MS;

export class Notices {
  readonly #parts: NoticeParts;
  readonly #stop = new AbortController();
  readonly #send: Send;
  readonly #sender: NoticeSender;
  #timers: readonly NodeJS.Timeout[] = [];
  #isHeard = true;

  constructor(parts: NoticeParts) {
    this.#parts = parts;
    const { url, smtp, nowMs, commit, privateHosts: allowed } = parts;
    this.#send = createSend({ url, smtp, allowed, nowMs, signal: this.#stop.signal, deadlineMs: DEADLINE_MS });
    this.#sender = new NoticeSender({
      commit,
      send: async (order) => {
        const result = await this.#send(order);
        parts.count(result.is);
        return result;
      },
      random: Math.random,
      onFailure: (about) => parts.log.warn(about, 'a notice was not taken'),
    });
  }

  start(): void {
    const { pace, heartbeatUrl } = this.#parts;
    this.#timers = [
      setInterval(() => void this.#sender.look(), paced(pace, LOOK_MS)),
      ...(heartbeatUrl === undefined ? [] : [setInterval(() => void this.#beat(heartbeatUrl), MINUTE_MS)]),
    ];
    if (heartbeatUrl !== undefined) void this.#beat(heartbeatUrl);
  }

  /** A message that says it is a test. What came of it is the receiver's own word. */
  test(channel: Channel): Promise<Attempted> {
    return this.#send({ key: newId('n'), message: testMessage(this.#parts.nowMs()), channel });
  }

  /** What is on its way is broken off, and is sent by the next start. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#stop.abort();
    await this.#sender.close();
  }

  /** Said once when it begins to fail, and once when it is heard again. */
  async #beat(url: string): Promise<void> {
    const { commit, nowMs, log } = this.#parts;
    const isHeard = await beat({ url, commit, nowMs, signal: this.#stop.signal, deadlineMs: DEADLINE_MS });
    if (isHeard === this.#isHeard || this.#stop.signal.aborted) return;
    this.#isHeard = isHeard;
    if (isHeard) log.info('the heartbeat is heard again');
    else log.warn('the heartbeat was not heard: look at heartbeat.url, or at whether this server can write');
  }
}

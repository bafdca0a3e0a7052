// One connection to a message bus, as a client that asks and listens. Whatever the other end does, a question has an answer or
// a reason in time; and the connection never keeps the process from ending. It is our own because it is small: of the published
// clients, those that are sound take megabytes, and the small one ends the process at a message that is not as it should be.
import { type Socket, createConnection } from 'node:net';

import type { Cancel, Clock } from '@fettle/shared/time';

import { type Bus, type BusCall, type BusListener, type BusValue, HostError } from '../host.ts';
import { KIND, type Message, Splitter, errorFrom, messageBytes } from './message.ts';

const ANSWER_MS = 2_500;
const GREETING_MAX_BYTES = 4096;
const DAEMON = {
  destination: 'org.freedesktop.DBus',
  path: '/org/freedesktop/DBus',
  interface: 'org.freedesktop.DBus',
} as const;

/** @param path of the bus's socket. @throws HostError */
export const connectBus = async (path: string, clock: Clock, listener: BusListener): Promise<Bus> => {
  const connection = new Connection(createConnection({ path }), clock, listener);
  try {
    await connection.open();
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
};

type Asked = {
  readonly call: BusCall;
  readonly answer: (values: readonly BusValue[]) => void;
  readonly fail: (error: HostError) => void;
  readonly cancel: Cancel;
};

class Connection implements Bus {
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #listener: BusListener;
  readonly #splitter = new Splitter();
  readonly #asked = new Map<number, Asked>();
  readonly #greeted = Promise.withResolvers<void>();
  /** What came before the bus said yes; undefined since. */
  #greeting: string | undefined = '';
  #serial = 0;
  #ended: HostError | undefined;
  /** Who listens is told of an end only when there was a beginning, and it was not they who ended it. */
  #isOpen = false;

  constructor(socket: Socket, clock: Clock, listener: BusListener) {
    this.#socket = socket;
    this.#clock = clock;
    this.#listener = listener;
    socket.unref();
    socket.on('data', (piece: Buffer) => this.#take(piece));
    socket.on('error', (error) => this.#end(failureOf(error)));
    socket.on('close', () => this.#end(new HostError('service_broken', 'the message bus closed the connection')));
  }

  /** "Authentication Protocol": a zero byte, then lines; EXTERNAL is who the kernel says that we are. */
  async open(): Promise<void> {
    const cancel = this.#clock.after(ANSWER_MS, () => this.#end(tooLate('the message bus')));
    this.#socket.write(`\0AUTH EXTERNAL ${Buffer.from(String(process.getuid?.() ?? 0)).toString('hex')}\r\n`);
    await this.#greeted.promise.finally(cancel);
    await this.call({ ...DAEMON, member: 'Hello' });
    this.#isOpen = true;
  }

  call(call: BusCall): Promise<readonly BusValue[]> {
    const { promise, resolve, reject } = Promise.withResolvers<readonly BusValue[]>();
    if (this.#ended) reject(this.#ended);
    else this.#ask({ call, answer: resolve, fail: reject });
    return promise;
  }

  close(): void {
    this.#isOpen = false;
    this.#end(new HostError('service_broken', 'the connection to the message bus was closed'));
  }

  #ask(asked: Omit<Asked, 'cancel'>): void {
    const serial = this.#nextSerial();
    const cancel = this.#clock.after(ANSWER_MS, () => {
      this.#asked.delete(serial);
      asked.fail(tooLate(asked.call.member));
    });
    this.#asked.set(serial, { ...asked, cancel });
    this.#socket.write(messageBytes({ kind: KIND.call, serial, ...asked.call }));
  }

  /** 0 is none, and they have 32 bits. */
  #nextSerial(): number {
    this.#serial = (this.#serial % 0xff_ff_ff_ff) + 1;
    return this.#serial;
  }

  #take(piece: Buffer): void {
    if (this.#ended) return;
    try {
      if (this.#greeting !== undefined) return this.#takeGreeting(this.#greeting + piece.toString('latin1'));
      for (const message of this.#splitter.push(piece)) this.#onMessage(message);
    } catch (error) {
      this.#end(error instanceof HostError ? error : new HostError('parse_error', String(error)));
    }
  }

  #takeGreeting(text: string): void {
    this.#greeting = text;
    const end = text.indexOf('\r\n');
    if (end < 0 && text.length <= GREETING_MAX_BYTES) return;
    if (!text.startsWith('OK ')) throw refusal(text);
    this.#greeting = undefined;
    this.#socket.write('BEGIN\r\n');
    this.#greeted.resolve();
    if (text.length > end + 2) this.#take(Buffer.from(text.slice(end + 2), 'latin1'));
  }

  #onMessage(message: Message): void {
    if (message.kind === KIND.signal) return this.#listener.onSignal(message);
    const asked = this.#asked.get(message.answers);
    if (!asked || (message.kind !== KIND.answer && message.kind !== KIND.error)) return;
    this.#asked.delete(message.answers);
    asked.cancel();
    if (message.kind === KIND.error) return asked.fail(errorFrom(message, asked.call));
    try {
      asked.answer(message.body());
    } catch (error) {
      asked.fail(error instanceof HostError ? error : new HostError('parse_error', String(error)));
    }
  }

  #end(why: HostError): void {
    if (this.#ended) return;
    this.#ended = why;
    this.#socket.destroy();
    this.#greeted.reject(why);
    for (const { fail, cancel } of this.#asked.values()) {
      cancel();
      fail(why);
    }
    this.#asked.clear();
    if (this.#isOpen) this.#listener.onEnd(why);
  }
}

const tooLate = (who: string): HostError =>
  new HostError('timeout', `${who} did not answer within ${ANSWER_MS / 1000} s`);

const refusal = (greeting: string): HostError =>
  greeting.startsWith('REJECTED')
    ? new HostError('policy_blocked', 'the message bus does not let this user in')
    : new HostError('parse_error', 'what answers at the socket of the message bus is none');

const failureOf = (error: Error): HostError => {
  const code = 'code' in error ? error.code : undefined;
  if (code === 'EACCES' || code === 'EPERM') return new HostError('permission', `the message bus: ${error.message}`);
  return new HostError('service_broken', `the message bus: ${error.message}`);
};

// Messages of D-Bus ("Message Protocol" of its specification): how each begins, and where it ends in a stream of bytes.
import { type BusCall, type BusValue, HostError } from '../host.ts';
import { readValues } from './reader.ts';
import { aligned, malformed } from './value.ts';
import { writeValues } from './writer.ts';

export const KIND = { call: 1, answer: 2, error: 3, signal: 4 } as const;

export type Message = {
  readonly kind: number;
  readonly serial: number;
  readonly answers: number;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly errorName: string;
  readonly sender: string;
  /** Read when it is asked for. @throws HostError `parse_error` */
  readonly body: () => readonly BusValue[];
};

/** The header's fields by number. */
const FIELD = { path: 1, interface: 2, member: 3, errorName: 4, answers: 5, destination: 6, sender: 7, signature: 8 };
const FIXED_BYTES = 16;
const PROTOCOL = 1;
/** The specification allows 64 MiB of fields and 128 MiB in all; 10,000 services listed are 3 MiB. */
const FIELDS_MAX_BYTES = 64 * 1024;
const MESSAGE_MAX_BYTES = 8 * 1024 * 1024;
const [LITTLE, BIG] = ['l'.charCodeAt(0), 'B'.charCodeAt(0)];

/** Cuts messages out of what comes in pieces of any size. */
export class Splitter {
  #pieces: Buffer[] = [];
  #bytes = 0;
  #needed = FIXED_BYTES;

  /** @returns the messages that are complete now. @throws HostError `parse_error`: after it, nothing can be read any more */
  push(piece: Buffer): readonly Message[] {
    this.#pieces.push(piece);
    this.#bytes += piece.length;
    if (this.#bytes < this.#needed) return [];
    let rest = Buffer.concat(this.#pieces);
    const messages: Message[] = [];
    for (this.#needed = neededOf(rest); rest.length >= this.#needed; this.#needed = neededOf(rest)) {
      messages.push(parseMessage(rest.subarray(0, this.#needed)));
      rest = rest.subarray(this.#needed);
    }
    this.#pieces = rest.length === 0 ? [] : [Buffer.from(rest)]; // a copy: what was read need not stay for its sake
    this.#bytes = rest.length;
    return messages;
  }
}

/** How long a message is that begins so; at least its fixed part. */
const neededOf = (bytes: Buffer): number => {
  if (bytes.length < FIXED_BYTES) return FIXED_BYTES;
  const isBig = isBigOf(bytes);
  const [body, fields] = isBig
    ? [bytes.readUInt32BE(4), bytes.readUInt32BE(12)]
    : [bytes.readUInt32LE(4), bytes.readUInt32LE(12)];
  const needed = aligned(FIXED_BYTES + fields, 8) + body;
  if (fields > FIELDS_MAX_BYTES || needed > MESSAGE_MAX_BYTES) throw malformed(`a message of ${needed} bytes`);
  return needed;
};

const isBigOf = (bytes: Buffer): boolean => {
  if ((bytes[0] !== LITTLE && bytes[0] !== BIG) || bytes[3] !== PROTOCOL) throw malformed('this is no message');
  return bytes[0] === BIG;
};

const parseMessage = (bytes: Buffer): Message => {
  const isBig = isBigOf(bytes);
  const fields = fieldsOf(bytes, isBig);
  const text = (field: number): string => textOf(fields.get(field));
  const answers = fields.get(FIELD.answers);
  const bodyAt = aligned(FIXED_BYTES + (isBig ? bytes.readUInt32BE(12) : bytes.readUInt32LE(12)), 8);
  return {
    kind: bytes[1] ?? 0,
    serial: isBig ? bytes.readUInt32BE(8) : bytes.readUInt32LE(8),
    answers: typeof answers === 'number' ? answers : 0,
    path: text(FIELD.path),
    interface: text(FIELD.interface),
    member: text(FIELD.member),
    errorName: text(FIELD.errorName),
    sender: text(FIELD.sender),
    body: () => readValues(bytes.subarray(bodyAt), text(FIELD.signature), { offset: 0, isBig }),
  };
};

const fieldsOf = (bytes: Buffer, isBig: boolean): ReadonlyMap<BusValue | undefined, BusValue> => {
  const [fields] = readValues(bytes, 'a(yv)', { offset: FIXED_BYTES - 4, isBig });
  const pairs = Array.isArray(fields) ? fields : [];
  return new Map(pairs.flatMap((pair: BusValue) => (Array.isArray(pair) ? [[pair[0], pair[1]] as const] : [])));
};

const textOf = (value: BusValue | undefined): string => (typeof value === 'string' ? value : '');

export type Outgoing = Partial<Omit<BusCall, 'args'>> & {
  readonly kind: number;
  readonly serial: number;
  readonly answers?: number;
  readonly errorName?: string;
  readonly args?: readonly BusValue[];
};

/** @throws HostError `parse_error` when its arguments are not what its signature says */
export const messageBytes = ({ kind, serial, args = [], signature = '', ...rest }: Outgoing): Buffer => {
  const body = writeValues(signature, args);
  const fields: readonly (readonly [number, string, BusValue | undefined])[] = [
    [FIELD.path, 'o', rest.path],
    [FIELD.interface, 's', rest.interface],
    [FIELD.member, 's', rest.member],
    [FIELD.errorName, 's', rest.errorName],
    [FIELD.answers, 'u', rest.answers],
    [FIELD.destination, 's', rest.destination],
    [FIELD.signature, 'g', signature === '' ? undefined : signature],
  ];
  const present = fields.flatMap(([number, type, value]) => (value === undefined ? [] : [[number, [type, value]]]));
  const header = writeValues('yyyyuua(yv)', [LITTLE, kind, 0, PROTOCOL, body.length, serial, present]);
  return Buffer.concat([header, Buffer.alloc(aligned(header.length, 8) - header.length), body]);
};

/** What an error of the bus means to us, by the names of the specification and of systemd. */
export const errorFrom = ({ errorName, body }: Message, call: BusCall): HostError => {
  const name = errorName.slice(errorName.lastIndexOf('.') + 1);
  const said = saidIn(body);
  const message = `${call.member}: ${name}${said === '' ? '' : `: ${said}`}`;
  switch (name) {
    case 'AccessDenied':
    case 'AuthFailed':
    case 'InteractiveAuthorizationRequired':
      return new HostError('policy_blocked', message, 'let the agent ask systemd, in the D-Bus policy of this machine');
    case 'NoReply':
    case 'Timeout':
    case 'TimedOut':
      return new HostError('timeout', message);
    case 'NoSuchUnit':
    case 'UnknownObject':
    case 'UnknownInterface':
    case 'UnknownProperty':
      return new HostError('no_hardware', message);
    default:
      return new HostError('service_broken', message);
  }
};

const saidIn = (body: Message['body']): string => {
  try {
    return textOf(body()[0]);
  } catch {
    return '';
  }
};

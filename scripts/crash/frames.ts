// One direction of a WebSocket connection as a bystander reads it: RFC 6455, section 5.2. Nothing here is trusted to be whole:
// a connection may end anywhere.
const HEAD_END = Buffer.from('\r\n\r\n');
const [TEXT, BINARY] = [1, 2] as const;
const [LENGTH_16, LENGTH_64] = [126, 127] as const;

export type Heard = { readonly text: string } | { readonly binary: Buffer };

export class FrameReader {
  readonly #onMessage: (message: Heard) => void;
  #bytes: Buffer = Buffer.alloc(0);
  #state: 'head' | 'frames' | 'other' = 'head';

  /** @param onMessage for whole, unfragmented data frames: neither side of ours sends others */
  constructor(onMessage: (message: Heard) => void) {
    this.#onMessage = onMessage;
  }

  push(chunk: Buffer): void {
    if (this.#state === 'other') return;
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    if (this.#state === 'head') this.#passHead();
    if (this.#state === 'frames') while (this.#takeFrame());
  }

  /** Of the request to upgrade, or of its answer; any other request is no business of ours. */
  #passHead(): void {
    const end = this.#bytes.indexOf(HEAD_END);
    if (end < 0) return;
    const head = this.#bytes.subarray(0, end).toString('latin1');
    this.#state = /^upgrade: *websocket/im.test(head) ? 'frames' : 'other';
    this.#bytes = this.#bytes.subarray(end + HEAD_END.length);
  }

  #takeFrame(): boolean {
    const frame = frameIn(this.#bytes);
    if (!frame) return false;
    this.#bytes = this.#bytes.subarray(frame.length);
    if (frame.opcode === TEXT) this.#onMessage({ text: frame.payload.toString('utf8') });
    if (frame.opcode === BINARY) this.#onMessage({ binary: frame.payload });
    return true;
  }
}

const frameIn = (bytes: Buffer) => {
  const [first, second] = bytes;
  if (first === undefined || second === undefined) return undefined;
  const [isMasked, short] = [second >= 128, second % 128];
  const lengthBytes = short === LENGTH_64 ? 8 : short === LENGTH_16 ? 2 : 0;
  const start = 2 + lengthBytes + (isMasked ? 4 : 0);
  if (bytes.length < start) return undefined;
  const size = lengthBytes === 8 ? Number(bytes.readBigUInt64BE(2)) : lengthBytes === 2 ? bytes.readUInt16BE(2) : short;
  if (bytes.length < start + size) return undefined;
  const payload = Buffer.from(bytes.subarray(start, start + size));
  if (isMasked) unmask(payload, bytes.subarray(start - 4, start));
  return { opcode: first % 16, length: start + size, payload };
};

const unmask = (payload: Buffer, mask: Buffer): void => {
  for (let at = 0; at < payload.length; at += 1) payload[at] = (payload[at] ?? 0) ^ (mask[at % 4] ?? 0);
};

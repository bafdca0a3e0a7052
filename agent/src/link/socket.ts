// One WebSocket to the server. The type is what the link needs of a network; the function is the real one.

import { FRAGMENTS_MAX, FRAME_MAX_BYTES, PROTOCOL } from '@fettle/shared/wire/limits';
import { connectionProblem } from '@fettle/shared/words/connection-problem';
import { type ClientOptions, WebSocket } from 'ws';

export type Socket = {
  readonly send: (data: string | Uint8Array) => void;
  /** Bytes that the network has not taken yet. */
  readonly bufferedBytes: () => number;
  /** Says goodbye properly where it can; `onLost` follows. */
  readonly close: () => void;
  /** Ends at once. */
  readonly drop: () => void;
};

export type SocketHandlers = {
  readonly onText: (text: string) => void;
  /** Anything was heard: data or a ping. */
  readonly onHeard: () => void;
  /** Exactly once, also when it never opened. */
  readonly onLost: (why: { readonly reason: string; readonly retryAfterMs?: number }) => void;
};

export type Dial = (handlers: SocketHandlers) => Socket;

/** What stands between may ask for any time; a person would wonder. */
const RETRY_AFTER_MAX_S = 3_600;

/** For TLS: `ca`, PEM of an own certificate authority, and an agent that knows a proxy. Undefined: as usual. */
type Way = { readonly ca: string | undefined; readonly agent: ClientOptions['agent'] | undefined };

/** @param url of the server, http or https */
export const webSocketDial =
  (url: string, way?: Way): Dial =>
  ({ onText, onHeard, onLost }) => {
    const target = new URL('/agent', url);
    target.protocol = target.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(target, PROTOCOL, {
      perMessageDeflate: false,
      maxPayload: FRAME_MAX_BYTES * 4,
      maxFragments: FRAGMENTS_MAX,
      handshakeTimeout: 10_000,
      followRedirects: false,
      ...(way?.ca === undefined ? {} : { ca: way.ca }),
      ...(way?.agent === undefined ? {} : { agent: way.agent }),
    });
    let lost = false;
    const lose = (reason: string, retryAfterMs?: number) => {
      if (lost) return;
      lost = true;
      onLost({ reason, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
    };
    socket.on('message', (data: Buffer, isBinary) => {
      onHeard();
      if (!isBinary) onText(data.toString('utf8'));
    });
    socket.on('ping', onHeard);
    socket.on('error', (error) => lose(connectionProblem(error)));
    socket.on('unexpected-response', (request, response) => {
      const seconds = Number(response.headers['retry-after']);
      lose(
        `the server answered ${response.statusCode}`,
        seconds > 0 ? Math.min(seconds, RETRY_AFTER_MAX_S) * 1000 : undefined,
      );
      request.destroy();
    });
    socket.on('close', (code, reason) => lose(reason.length > 0 ? reason.toString() : `closed with ${code}`));
    return {
      send: (data) => socket.send(data),
      bufferedBytes: () => socket.bufferedAmount,
      close: () => socket.close(1000),
      drop: () => socket.terminate(),
    };
  };

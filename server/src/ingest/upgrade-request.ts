// What an agent asks of the server before there is a WebSocket, to the letter: for tests of what stands below the protocol.
import type { Socket } from 'node:net';

export type Headers = Readonly<Record<string, string | undefined>>;

/** @param headers other than a good one's; undefined: left out */
export const upgradeRequest = ({ remotePort }: Socket, headers: Headers = {}, method = 'GET'): string => {
  const all: Headers = {
    Host: `127.0.0.1:${remotePort}`,
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
    'Sec-WebSocket-Protocol': 'fettle.v1',
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : `${name}: ${value}\r\n`));
  return `${method} /agent HTTP/1.1\r\n${lines.join('')}\r\n`;
};

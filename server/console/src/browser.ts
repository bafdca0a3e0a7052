// What the browser lends: its clock and its socket, in the forms that the rooms ask for.
import type { Clock } from '@fettle/shared/time';

import type { OpenSocket } from './feed.ts';

export const browserClock: Clock = {
  wallMs: () => Date.now(),
  monoMs: () => performance.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

export const openSocket: OpenSocket = (path, onText, onClose) => {
  const socket = new WebSocket(path);
  const listening = new AbortController();
  const { signal } = listening;
  socket.addEventListener('message', ({ data }: MessageEvent<string>) => onText(data), { signal });
  socket.addEventListener('close', onClose, { signal });
  return {
    send: (text) => socket.send(text),
    close: () => {
      listening.abort();
      socket.close();
    },
  };
};

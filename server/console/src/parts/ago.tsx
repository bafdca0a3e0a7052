import { SECOND_MS } from '@fettle/shared/time';
import { useSyncExternalStore } from 'react';

import { formatAge, formatInstant } from '../format.ts';

/** One timer for all ages on the page, and none while there are none. */
const watchers = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

const tick = (): void => {
  for (const run of watchers) run();
};

const subscribe = (run: () => void): (() => void) => {
  watchers.add(run);
  timer ??= setInterval(tick, SECOND_MS);
  return () => {
    watchers.delete(run);
    if (watchers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
};

/** Something that follows from the time, worked out every second and drawn anew only when it changes. */
export const useEachSecond = <T extends string | number | boolean>(read: (nowMs: number) => T): T =>
  useSyncExternalStore(subscribe, () => read(Date.now()));

/** How long ago, with the full time on hover. */
export const Ago = ({ at, suffix = false }: { readonly at: string; readonly suffix?: boolean }) => {
  const atMs = Date.parse(at);
  const age = useEachSecond((nowMs) => formatAge(nowMs - atMs));
  return (
    <time dateTime={at} title={formatInstant(atMs)} className="whitespace-nowrap">
      {suffix && age !== 'now' ? `${age} ago` : age}
    </time>
  );
};

import { SECOND_MS } from '@fettle/shared/time';
import { useCallback, useEffect, useRef } from 'react';

import { useDeck } from '../deck.ts';

const WATCH_MOST = 200;
const SETTLE_MS = 0.3 * SECOND_MS;

/** Asks the feed for the readings of the devices whose rows (with data-device) are in view. Gives the ref for each row. */
export const useWatchedRows = (): ((row: HTMLElement | null) => void) => {
  const { live } = useDeck();
  const observer = useRef<IntersectionObserver>(undefined);
  const inView = useRef(new Set<string>());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const tell = useCallback(
    () => live.watch({ devices: [...inView.current].slice(0, WATCH_MOST), detail: null }),
    [live],
  );

  const note = useCallback(
    (entries: readonly IntersectionObserverEntry[]) => {
      for (const { target, isIntersecting } of entries) {
        const id = target.getAttribute('data-device') ?? '';
        if (isIntersecting) inView.current.add(id);
        else inView.current.delete(id);
      }
      clearTimeout(timer.current);
      timer.current = setTimeout(tell, SETTLE_MS);
    },
    [tell],
  );

  useEffect(
    () => () => {
      observer.current?.disconnect();
      clearTimeout(timer.current);
      live.watch({ devices: [], detail: null });
    },
    [live],
  );

  return useCallback(
    (row: HTMLElement | null) => {
      if (row === null) return;
      observer.current ??= new IntersectionObserver(note);
      observer.current.observe(row);
    },
    [note],
  );
};

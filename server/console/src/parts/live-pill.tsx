import { SECOND_MS } from '@fettle/shared/time';

import { useDeck } from '../deck.ts';
import type { FeedState } from '../feed.ts';
import { formatClock } from '../format.ts';
import { useEachSecond } from './ago.tsx';
import { useStore } from './use-store.ts';

const SHAPE = 'inline-flex h-6 items-center gap-1.5 rounded-full border px-2.5 text-xs font-medium whitespace-nowrap';

const retryText = (state: FeedState, nowMs: number): string => {
  if (state.kind !== 'waiting') return 'Reconnecting…';
  const seconds = Math.max(0, Math.ceil((state.retryAtMs - nowMs) / SECOND_MS));
  return seconds === 0 ? 'Reconnecting…' : `Reconnecting in ${seconds} s`;
};

type Lost = Extract<FeedState, { readonly lostAtMs: number }>;

const LostPill = ({ state, onRetry }: { readonly state: Lost; readonly onRetry: () => void }) => {
  const retry = useEachSecond((nowMs) => retryText(state, nowMs));
  return (
    <button type="button" className={`${SHAPE} border-warning text-warning`} title="Reconnect now" onClick={onRetry}>
      <span className="max-lg:sr-only">Stale since {formatClock(state.lostAtMs)} ·</span>
      {retry}
    </button>
  );
};

/** Whether what is shown is live. What it says each second is not read aloud, only that it was lost and is back. */
export const LivePill = () => {
  const { live } = useDeck();
  const state = useStore(live.state);
  if ('lostAtMs' in state) return <LostPill state={state} onRetry={live.retryNow} />;
  const isLive = state.kind === 'live';
  return (
    <span className={`${SHAPE} border-line ${isLive ? 'text-good' : 'text-muted'}`}>
      <span aria-hidden className="size-2 rounded-full bg-current" />
      {isLive ? 'Live' : 'Connecting…'}
    </span>
  );
};

/** For screen readers: the connection's changes, and new alerts. */
export const SpokenNews = () => {
  const { live, announcer } = useDeck();
  const isLost = 'lostAtMs' in useStore(live.state);
  return (
    <div className="sr-only" aria-live="polite">
      <p>{isLost ? 'Connection lost. What you see may be old.' : ''}</p>
      <p>{useStore(announcer.spoken)}</p>
    </div>
  );
};

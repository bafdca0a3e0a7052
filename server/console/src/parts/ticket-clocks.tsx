import type { SlaClock, TicketDetail } from '@fettle/shared/api/alert.schema';

import { formatInstant, formatUntil, formatWorkTime } from '../format.ts';
import { useEachSecond } from './ago.tsx';

const WORDS: Readonly<Record<SlaClock['state'], readonly [word: string, tone: string]>> = {
  running: ['Running', 'text-ink'],
  paused: ['Paused', 'text-muted'],
  met: ['Met', 'text-good'],
  breached: ['Breached', 'text-critical font-medium'],
  cancelled: ['Not needed', 'text-muted'],
};

const Due = ({ at }: { readonly at: string }) => {
  const atMs = Date.parse(at);
  const text = useEachSecond((nowMs) => formatUntil(atMs, nowMs));
  return (
    <time dateTime={at} title={formatInstant(atMs)}>
      {text}
    </time>
  );
};

const Clock = ({ label, clock }: { readonly label: string; readonly clock: SlaClock }) => {
  const [word, tone] = WORDS[clock.state];
  return (
    <div className="grid grid-cols-[1fr_auto] gap-x-4 border-t border-line py-1.5 first:border-0">
      <dt className="text-muted">{label}</dt>
      <dd className={tone}>{word}</dd>
      <dd className="col-span-2 text-right text-xs text-muted">
        {formatWorkTime(clock.usedMs)} of {formatWorkTime(clock.targetMs)}
        {clock.dueAt === null ? null : (
          <>
            {' · due '}
            <Due at={clock.dueAt} />
          </>
        )}
      </dd>
    </div>
  );
};

/** How much of what is promised is used, in working time. */
export const TicketClocks = ({ ticket: { sla } }: { readonly ticket: TicketDetail }) =>
  sla === null ? null : (
    <dl className="border-t border-line px-3 py-1.5">
      <Clock label="Response" clock={sla.response} />
      <Clock label="Resolution" clock={sla.resolution} />
    </dl>
  );

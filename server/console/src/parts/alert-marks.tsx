// How an alert stands, in a few words beside its title: who has it, why it is quiet, whether its word is good.
import type { AlertView } from '@fettle/shared/api/alert.schema';
import { useQuery } from '@tanstack/react-query';
import { BellOff, type LucideIcon, Repeat2, Unplug, UserRound } from 'lucide-react';
import type { ReactNode } from 'react';

import { alertQuery } from '../queries.ts';
import { flappingText, quietText } from '../quiet-words.ts';
import { isQuiet } from '../quiet.ts';
import { useEachSecond } from './ago.tsx';
import { useAlertWork } from './alert-work-context.ts';

const Mark = ({ icon: Icon, children }: { readonly icon: LucideIcon; readonly children: ReactNode }) => (
  <span className="inline-flex items-center gap-1 align-middle">
    <Icon size={13} aria-hidden className="shrink-0" />
    <span>{children}</span>
  </span>
);

/** The alert that says more of the same. */
const Parent = ({ id }: { readonly id: string }) => {
  const { data: parent } = useQuery(alertQuery(id));
  const { open } = useAlertWork();
  return (
    <>
      Suppressed by{' '}
      <button type="button" className="link underline underline-offset-2" onClick={() => open([id])}>
        {parent === undefined ? 'another alert' : `${parent.title} (${parent.deviceName})`}
      </button>
    </>
  );
};

const Quiet = ({ quiet }: { readonly quiet: NonNullable<AlertView['quiet']> }) => {
  const text = useEachSecond((nowMs) => quietText(quiet, nowMs));
  return <Mark icon={BellOff}>{quiet.why === 'parent' && quiet.by !== null ? <Parent id={quiet.by} /> : text}</Mark>;
};

const Flapping = ({ flapping }: Pick<AlertView, 'flapping'>) => {
  const text = useEachSecond((nowMs) => flappingText(flapping, nowMs) ?? '');
  return text === '' ? null : <Mark icon={Repeat2}>{text}</Mark>;
};

export const AlertMarks = ({ alert }: { readonly alert: AlertView }) => {
  const { assignee, quiet, flapping, stale } = alert;
  return (
    <span className="foreign flex flex-wrap gap-x-3 text-xs text-muted empty:hidden">
      {assignee === null ? null : <Mark icon={UserRound}>{assignee}</Mark>}
      {quiet !== null && isQuiet(alert) ? <Quiet quiet={quiet} /> : null}
      <Flapping flapping={flapping} />
      {stale ? <Mark icon={Unplug}>Not connected: as it was last heard</Mark> : null}
    </span>
  );
};

// The last cell of an alert's row: what it is waiting for, and the way to everything else that can be done.
import type { AlertView } from '@fettle/shared/api/alert.schema';
import { AlarmClock, BellRing, Check, CircleQuestionMark } from 'lucide-react';

import { useAck } from '../actions.ts';
import { useAlertCall } from '../alert-calls.ts';
import { explain } from '../api.ts';
import { useDeck } from '../deck.ts';
import { Ago } from './ago.tsx';
import { useAlertWork } from './alert-work-context.ts';
import { Button, IconButton } from './button.tsx';
import { useMayChange } from './use-role.ts';

type Props = { readonly alert: AlertView };

const nameOf = ({ title, deviceName }: AlertView): string => `${title} on ${deviceName}`;

const State = ({ alert }: Props) => {
  const ack = useAck();
  const mayChange = useMayChange();
  if (alert.state === 'resolved') {
    return (
      <span className="text-muted">
        Resolved {alert.resolvedAt === null ? null : <Ago at={alert.resolvedAt} suffix />}
      </span>
    );
  }
  if (alert.state === 'acked') {
    return (
      <span className="inline-flex items-center gap-1 align-middle text-muted">
        <Check size={14} aria-hidden /> Acked
      </span>
    );
  }
  if (!mayChange) return <span className="text-muted">Open</span>;
  return (
    <Button isSmall data-ack onClick={() => ack.mutate(alert)} aria-label={`Ack: ${nameOf(alert)}`}>
      Ack
    </Button>
  );
};

const SnoozeButton = ({ alert }: Props) => {
  const { open } = useAlertWork();
  const call = useAlertCall();
  const { notices } = useDeck();
  if (alert.quiet?.why !== 'snoozed') {
    return (
      <IconButton data-snooze label={`Snooze: ${nameOf(alert)}`} onClick={() => open([alert.id], 'snooze')}>
        <AlarmClock size={15} aria-hidden />
      </IconButton>
    );
  }
  const wake = (): void =>
    call.mutate(
      { alerts: [alert], call: { verb: 'unsnooze', done: 'snoozed no more' } },
      {
        onSuccess: ([refused]) => {
          if (refused) notices.failed(`Still snoozed: ${nameOf(alert)}. ${explain(refused.error)}`);
        },
      },
    );
  return (
    <IconButton data-snooze label={`End the snooze: ${nameOf(alert)}`} disabled={call.isPending} onClick={wake}>
      <BellRing size={15} aria-hidden />
    </IconButton>
  );
};

export const AlertRowActs = ({ alert }: Props) => {
  const { open } = useAlertWork();
  const mayChange = useMayChange();
  return (
    <span className="inline-flex items-center gap-1 align-middle">
      <State alert={alert} />
      {mayChange && alert.state !== 'resolved' ? <SnoozeButton alert={alert} /> : null}
      <IconButton data-why label={`Why, and what to do: ${nameOf(alert)}`} onClick={() => open([alert.id])}>
        <CircleQuestionMark size={15} aria-hidden />
      </IconButton>
    </span>
  );
};

// What is asked for before something is done about alerts: until when, who, and why.
import type { AlertView } from '@fettle/shared/api/alert.schema';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import type { AlertCall } from '../alert-calls.ts';
import { type FormName, tenantOf } from '../alert-choices.ts';
import { formatUntil } from '../format.ts';
import { inDays, localText, snoozeChoices } from '../moments.ts';
import { meQuery } from '../queries.ts';
import { ActForm, MomentField, PersonField, TextField, instantIn } from './act-form.tsx';
import { Button } from './button.tsx';

type Props = {
  readonly alerts: readonly AlertView[];
  readonly isPending: boolean;
  readonly onSend: (call: AlertCall) => void;
  readonly onLeave: () => void;
};

const untilText = (until: string): string => formatUntil(Date.parse(until), Date.now());
const snoozeOf = (until: string): AlertCall => ({
  verb: 'snooze',
  body: { until },
  done: `snoozed until ${untilText(until)}`,
});

const SnoozeForm = ({ isPending, onSend, onLeave }: Props) => {
  const [own, setOwn] = useState('');
  const until = instantIn(own);
  return (
    <ActForm
      verb="Snooze"
      isReady={until !== null}
      isPending={isPending}
      onLeave={onLeave}
      onSend={() => until !== null && onSend(snoozeOf(until))}
    >
      <p>Nobody is told until then, or until it gets worse.</p>
      <div className="flex flex-wrap gap-2">
        {snoozeChoices.map(({ word, untilMs }) => (
          <Button
            key={word}
            disabled={isPending}
            onClick={() => onSend(snoozeOf(new Date(untilMs(Date.now())).toISOString()))}
          >
            {word}
          </Button>
        ))}
      </div>
      <MomentField label="Or until" value={own} onChange={setOwn} />
    </ActForm>
  );
};

const AssignForm = ({ alerts, isPending, onSend, onLeave }: Props) => {
  const [to, setTo] = useState(alerts.length === 1 ? (alerts[0]?.assignee ?? '') : '');
  const { data: me } = useQuery(meQuery);
  const send = (name: string): void =>
    onSend({
      verb: 'assign',
      body: { assignee: name === '' ? null : name },
      done: name === '' ? 'nobody’s' : `assigned to ${name}`,
    });
  return (
    <ActForm verb="Assign" isReady isPending={isPending} onLeave={onLeave} onSend={() => send(to)}>
      {me === undefined ? null : (
        <Button disabled={isPending} onClick={() => send(me.name)}>
          To me
        </Button>
      )}
      <PersonField tenant={tenantOf(alerts)} value={to} nobody="Nobody" onChange={setTo} />
    </ActForm>
  );
};

const MUTE_DAYS = 30;
const LONGEST_REASON = 500;

const MuteForm = ({ isPending, onSend, onLeave }: Props) => {
  const [own, setOwn] = useState(() => localText(inDays(MUTE_DAYS, Date.now())));
  const [reason, setReason] = useState('');
  const until = instantIn(own);
  return (
    <ActForm
      verb="Mute"
      isReady={until !== null && reason.trim() !== ''}
      isPending={isPending}
      onLeave={onLeave}
      onSend={() =>
        until !== null &&
        onSend({ verb: 'mute', body: { until, reason: reason.trim() }, done: `muted until ${untilText(until)}` })
      }
    >
      <p>Nobody hears of this problem until then, also when it ends and comes again.</p>
      <MomentField label="Until" value={own} onChange={setOwn} />
      <TextField label="Why it can be left so" value={reason} maxLength={LONGEST_REASON} onChange={setReason} />
    </ActForm>
  );
};

export const alertForms = { snooze: SnoozeForm, assign: AssignForm, mute: MuteForm } as const satisfies Record<
  FormName,
  unknown
>;

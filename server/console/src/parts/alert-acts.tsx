import type { AlertView } from '@fettle/shared/api/alert.schema';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { type AlertCall, type Refusal, useAlertCall } from '../alert-calls.ts';
import { type FormName, directActs, formsFor } from '../alert-choices.ts';
import { explain } from '../api.ts';
import { explainQuery } from '../work-queries.ts';
import { Refused } from './act-form.tsx';
import { alertForms } from './alert-forms.tsx';
import { Button } from './button.tsx';
import { useMayChange } from './use-role.ts';

type Props = {
  readonly alerts: readonly AlertView[];
  /** The form that is open at first. */
  readonly form: FormName | null;
  /** All of it is done. */
  readonly onDone: (ids: readonly string[]) => void;
  /** Only these are left: the others are done. */
  readonly onNarrow: (ids: readonly string[]) => void;
};

const LISTED = 3;

const Refusals = ({ refused }: { readonly refused: readonly Refusal[] }) => (
  <Refused>
    {refused.slice(0, LISTED).map(({ alert, error }) => (
      <p key={alert.id}>
        {alert.title} on {alert.deviceName}: {explain(error)}
      </p>
    ))}
    {refused.length > LISTED ? <p>And {refused.length - LISTED} more.</p> : null}
  </Refused>
);

/** Mutes outlive alerts: only the explanation of one knows of them. */
const useIsMuted = (alerts: readonly AlertView[]): boolean => {
  const [only] = alerts;
  const { data } = useQuery({ ...explainQuery(only?.id ?? ''), enabled: alerts.length === 1 });
  return data !== undefined && data.mutedUntil !== null;
};

const formWords: Readonly<Record<FormName, string>> = { snooze: 'Snooze…', assign: 'Assign…', mute: 'Mute…' };

export const AlertActs = (props: Props) => {
  const { alerts, onDone, onNarrow } = props;
  const [form, setForm] = useState(props.form);
  const call = useAlertCall();
  const isMuted = useIsMuted(alerts);
  const mayChange = useMayChange();
  if (!mayChange)
    return <p className="text-muted">You see everything here, and change nothing: your role is viewer.</p>;
  const send = (asked: AlertCall): void => {
    const ids = alerts.map(({ id }) => id);
    const settle = (refused: readonly Refusal[]): void => {
      if (refused.length === 0) onDone(ids);
      else if (refused.length < ids.length) onNarrow(refused.map(({ alert }) => alert.id));
    };
    call.mutate({ alerts, call: asked }, { onSuccess: settle });
  };
  const Form = form === null ? null : alertForms[form];
  return (
    <section aria-label="What can be done" className="space-y-2 border-y border-line py-3">
      {call.data && call.data.length > 0 ? <Refusals refused={call.data} /> : null}
      {Form ? (
        <Form alerts={alerts} isPending={call.isPending} onSend={send} onLeave={() => setForm(null)} />
      ) : (
        <div className="flex flex-wrap gap-2">
          {directActs(alerts, isMuted).map(({ word, ...direct }) => (
            <Button key={word} tone="strong" disabled={call.isPending} onClick={() => send(direct)}>
              {word}
            </Button>
          ))}
          {formsFor(alerts).map((name) => (
            <Button key={name} onClick={() => setForm(name)}>
              {formWords[name]}
            </Button>
          ))}
        </div>
      )}
    </section>
  );
};

// Maintenance of a device: what is on, what is to come, and the way to begin and to end it.
import type { DeviceDetail } from '@fettle/shared/api/device.schema';
import type { WindowView } from '@fettle/shared/api/quiet.schema';
import { useQuery } from '@tanstack/react-query';
import { Wrench } from 'lucide-react';
import { useState } from 'react';

import { explain } from '../api.ts';
import { useCloseWindow, useOpenWindow } from '../maintenance-calls.ts';
import { UNREASONED_MOST_MS, scopeText, windowText, windowsOf } from '../maintenance.ts';
import { localMs, maintenanceChoices } from '../moments.ts';
import { maintenanceQuery } from '../work-queries.ts';
import { ActForm, MomentField, Refused, TextField } from './act-form.tsx';
import { useEachSecond } from './ago.tsx';
import { Button } from './button.tsx';
import { useMayChange } from './use-role.ts';

type Props = { readonly device: DeviceDetail };

const Window = ({ window }: { readonly window: WindowView }) => {
  const close = useCloseWindow();
  const mayChange = useMayChange();
  const text = useEachSecond((nowMs) => windowText(window, nowMs));
  const isOwn = window.scope.kind === 'device';
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 py-1">
      <span className="foreign">
        <span className={window.active ? 'font-medium text-warning' : 'text-muted'}>
          {window.active ? 'In maintenance' : 'Planned:'} {text}
        </span>
        <span className="text-muted">
          {' '}
          {scopeText(window)} by {window.by}
          {window.reason === '' ? '' : `: ${window.reason}`}
        </span>
      </span>
      {isOwn && mayChange ? (
        <Button isSmall disabled={close.isPending} onClick={() => close.mutate(window)}>
          {window.active ? 'End now' : 'Cancel it'}
        </Button>
      ) : null}
    </li>
  );
};

const LONGEST_REASON = 500;

const StartForm = ({ device, onLeave }: Props & { readonly onLeave: () => void }) => {
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const [reason, setReason] = useState('');
  const call = useOpenWindow();
  const begin = (endMs: number, startMs: number = Date.now()): void =>
    call.mutate({ device, startMs, endMs, reason: reason.trim() }, { onSuccess: onLeave });
  const endMs = localMs(to);
  const startMs = localMs(from) ?? undefined;
  const isLong = endMs !== null && endMs - (startMs ?? Date.now()) > UNREASONED_MOST_MS;
  return (
    <ActForm
      verb="Begin"
      isReady={endMs !== null}
      isPending={call.isPending}
      onLeave={onLeave}
      onSend={() => endMs !== null && begin(endMs, startMs)}
    >
      <p className="max-w-prose text-muted">
        What happens meanwhile is recorded, but nobody is told and no ticket opens; only what concerns security is told.
      </p>
      <TextField
        label={isLong ? 'Reason (needed for more than 72 hours)' : 'Reason (optional)'}
        value={reason}
        maxLength={LONGEST_REASON}
        onChange={setReason}
      />
      <div className="flex flex-wrap gap-2">
        {maintenanceChoices.map(({ word, untilMs }) => (
          <Button
            key={word}
            disabled={call.isPending}
            onClick={() => begin(untilMs(Date.now()))}
          >{`For ${word}`}</Button>
        ))}
      </div>
      <div className="grid gap-2 sm:grid-cols-2">
        <MomentField label="Or until" value={to} onChange={setTo} />
        <MomentField label="From (now, where it is empty)" value={from} onChange={setFrom} />
      </div>
      {call.isError ? <Refused>{explain(call.error)}</Refused> : null}
    </ActForm>
  );
};

export const DeviceMaintenance = ({ device }: Props) => {
  const [isOpen, setOpen] = useState(false);
  const { data, isError, error } = useQuery(maintenanceQuery);
  const mayChange = useMayChange();
  const windows = windowsOf(data ?? [], device);
  return (
    <section aria-label="Maintenance" className="mt-3 border-t border-line pt-2">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <Wrench size={15} aria-hidden className="text-muted max-sm:hidden" />
        {windows.length > 0 ? (
          <ul aria-live="polite">
            {windows.map((window) => (
              <Window key={window.id} window={window} />
            ))}
          </ul>
        ) : (
          <p className="py-1 text-muted">{isError ? explain(error) : 'No maintenance'}</p>
        )}
        {mayChange && !isOpen ? (
          <Button isSmall onClick={() => setOpen(true)}>
            Maintenance…
          </Button>
        ) : null}
        {mayChange ? null : <p className="py-1 text-muted">You cannot change it: your role is viewer.</p>}
      </div>
      {isOpen ? (
        <div className="mt-2 max-w-xl">
          <StartForm device={device} onLeave={() => setOpen(false)} />
        </div>
      ) : null}
    </section>
  );
};

// All about one alert, or what is common to some: how it stands, what can be done, why it is here and who was told.
import type { AlertView } from '@fettle/shared/api/alert.schema';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { X } from 'lucide-react';
import { type RefObject, useEffect, useRef } from 'react';

import type { FormName } from '../alert-choices.ts';
import { alertQuery } from '../queries.ts';
import { Ago } from './ago.tsx';
import { AlertActs } from './alert-acts.tsx';
import { AlertMarks } from './alert-marks.tsx';
import { AlertReasons } from './alert-reasons.tsx';
import { IconButton } from './button.tsx';
import { SeverityTag } from './severity.tsx';
import { Failure, Waiting } from './states.tsx';

export type Opened = {
  readonly ids: readonly string[];
  readonly form: FormName | null;
  /** Rises each time that it is opened about something else. */
  readonly turn: number;
};

type Props = {
  readonly opened: Opened;
  /** Those that the page has already. */
  readonly held: readonly AlertView[];
  /** Something was done about these. */
  readonly onDone: (ids: readonly string[]) => void;
  readonly onNarrow: (ids: readonly string[]) => void;
  readonly onClose: () => void;
};

/** Where the focus came from may be gone: the row stands elsewhere once it is quiet. */
const focusRow = (id: string | undefined): void => {
  if (id === undefined || document.activeElement !== document.body) return;
  document.querySelector<HTMLElement>(`[data-alert="${CSS.escape(id)}"] [data-why]`)?.focus();
};

const useModal = (id: string | undefined): RefObject<HTMLDialogElement | null> => {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
    // a form that is asked for by name is where the keyboard goes, not the first button of the drawer
    dialog.current?.querySelector<HTMLElement>('form :is(button, input, select)')?.focus();
  }, []);
  useEffect(() => () => void setTimeout(() => focusRow(id)), [id]);
  return dialog;
};

const Head = ({ alert }: { readonly alert: AlertView }) => (
  <div className="space-y-1">
    <p className="flex flex-wrap items-center gap-x-3">
      <SeverityTag severity={alert.severity} />
      <span className="text-muted">
        {alert.state === 'resolved' ? 'Resolved' : alert.state === 'acked' ? 'Acked' : 'Open'}, fired{' '}
        <Ago at={alert.since} suffix />
      </span>
    </p>
    <p className="foreign">
      on{' '}
      <Link to="/devices/$id" params={{ id: alert.device }} className="link font-medium text-accent">
        {alert.deviceName}
      </Link>
      {alert.instance === '' ? null : <span className="ml-2 font-mono text-xs text-muted">{alert.instance}</span>}
    </p>
    <AlertMarks alert={alert} />
  </div>
);

const One = ({ id, ...rest }: { readonly id: string } & Props) => {
  const { opened, held, onDone } = rest;
  const found = held.find((alert) => alert.id === id);
  const { data, error, isError, refetch } = useQuery(alertQuery(id));
  const alert = found ?? data;
  if (alert === undefined)
    return isError ? <Failure error={error} onRetry={() => void refetch()} /> : <Waiting rows={4} />;
  return (
    <>
      <Title>{alert.title}</Title>
      <Head alert={alert} />
      <AlertActs alerts={[alert]} form={opened.form} onDone={onDone} onNarrow={rest.onNarrow} />
      <AlertReasons alert={alert} />
    </>
  );
};

const Title = ({ children }: { readonly children: string }) => (
  <h2 id="alert-drawer" className="foreign pr-8 text-lg font-semibold">
    {children}
  </h2>
);

const LISTED = 8;

const Many = ({ opened, held, onDone, onNarrow }: Props) => {
  const alerts = held.filter(({ id }) => opened.ids.includes(id));
  return (
    <>
      <Title>{`${alerts.length} alerts`}</Title>
      <ul className="foreign list-disc space-y-0.5 pl-5">
        {alerts.slice(0, LISTED).map(({ id, title, deviceName }) => (
          <li key={id}>
            {title} <span className="text-muted">on {deviceName}</span>
          </li>
        ))}
        {alerts.length > LISTED ? <li className="text-muted">and {alerts.length - LISTED} more</li> : null}
      </ul>
      <AlertActs alerts={alerts} form={opened.form} onDone={onDone} onNarrow={onNarrow} />
    </>
  );
};

export const AlertDrawer = (props: Props) => {
  const { opened, onClose, onDone } = props;
  const [first] = opened.ids;
  const dialog = useModal(first);
  const done = (ids: readonly string[]): void => {
    onDone(ids);
    dialog.current?.close();
  };
  return (
    <dialog
      ref={dialog}
      aria-labelledby="alert-drawer"
      className="mr-0 ml-auto h-dvh max-h-none w-120 max-w-full border-l border-line bg-surface text-ink shadow-xl"
      onClose={onClose}
      onClick={(event) => {
        const isLink = event.target instanceof Element && event.target.closest('a') !== null;
        if (isLink || event.target === event.currentTarget) event.currentTarget.close();
      }}
    >
      <div key={opened.turn} className="relative min-h-full space-y-3 p-4">
        <div className="absolute top-3.5 right-3">
          <IconButton label="Close" onClick={() => dialog.current?.close()}>
            <X size={16} aria-hidden />
          </IconButton>
        </div>
        {opened.ids.length === 1 && first !== undefined ? (
          <One {...props} id={first} onDone={done} />
        ) : (
          <Many {...props} onDone={done} />
        )}
      </div>
    </dialog>
  );
};

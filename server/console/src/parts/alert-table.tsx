import type { AlertView } from '@fettle/shared/api/alert.schema';
import { Link } from '@tanstack/react-router';
import { Ticket } from 'lucide-react';
import { useState } from 'react';

import { evidenceText, usedByTexts } from '../evidence.ts';
import { isQuiet } from '../quiet.ts';
import { Ago } from './ago.tsx';
import { AlertMarks } from './alert-marks.tsx';
import { AlertRowActs } from './alert-row-acts.tsx';
import { useAlertWork } from './alert-work-context.ts';
import { SeverityTag } from './severity.tsx';
import { useMayChange } from './use-role.ts';

const Evidence = ({ evidence }: Pick<AlertView, 'evidence'>) => {
  const text = evidenceText(evidence);
  if (text === null) return null;
  return (
    <>
      <span className="font-medium">{text.value}</span>
      {text.limit === null ? null : <span className="text-muted"> · limit {text.limit}</span>}
      {text.beside.map((beside) => (
        <span key={beside} className="block text-xs text-muted">
          {beside}
        </span>
      ))}
    </>
  );
};

const UsedBy = ({ alert }: { readonly alert: AlertView }) => {
  const [first, ...others] = usedByTexts(alert);
  if (first === undefined) return null;
  return (
    <details className="foreign text-xs text-muted" data-used-by>
      <summary>Most by {first}</summary>
      <ul>
        {others.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </details>
  );
};

const TicketLink = ({ id, number }: { readonly id: string; readonly number: string | null }) => (
  <Link
    to="/tickets/$id"
    params={{ id }}
    className="link inline-flex items-center gap-1 align-middle whitespace-nowrap"
  >
    <Ticket size={14} aria-hidden /> {number ?? 'Ticket'}
  </Link>
);

const ARRIVED_WITHIN_MS = 3_000;

/** What the table leaves out, because the page is about it. */
type Left = 'device' | 'ticket' | null;

type RowProps = { readonly alert: AlertView; readonly without: Left; readonly isSelectable: boolean };

const Title = ({ alert }: { readonly alert: AlertView }) => (
  <td className="foreign max-md:order-1 max-md:w-full">
    {alert.title}
    {alert.instance === '' ? null : <span className="ml-2 font-mono text-xs text-muted">{alert.instance}</span>}
    <AlertMarks alert={alert} />
  </td>
);

const Select = ({ alert }: { readonly alert: AlertView }) => {
  const { selected, select } = useAlertWork();
  if (alert.state === 'resolved') return null;
  return (
    <input
      type="checkbox"
      data-select
      className="block size-4 accent-accent"
      aria-label={`Select: ${alert.title} on ${alert.deviceName}`}
      checked={selected.has(alert.id)}
      onChange={(event) => select([alert.id], event.currentTarget.checked)}
    />
  );
};

const toneOf = (alert: AlertView, isCalm: boolean): string => {
  if (isCalm) return '';
  return alert.severity === 'critical' ? 'text-critical' : 'text-warning';
};

const AlertRow = ({ alert, without, isSelectable }: RowProps) => {
  const [isNew] = useState(() => Date.now() - Date.parse(alert.updatedAt) < ARRIVED_WITHIN_MS);
  const isCalm = isQuiet(alert);
  const isOpen = alert.state === 'open' && !isCalm;
  const tone = toneOf(alert, isCalm);
  return (
    <tr
      data-alert={alert.id}
      className={`${isNew ? 'animate-arrive' : ''} ${isCalm ? 'text-muted' : ''}`}
      data-open={isOpen ? '' : undefined}
    >
      {isSelectable ? (
        <td className={`md:w-10 ${tone}`}>
          <Select alert={alert} />
        </td>
      ) : null}
      <td className={`md:w-28 ${tone}`}>
        <SeverityTag severity={alert.severity} isCalm={isCalm} />
      </td>
      {without === 'device' ? null : (
        <td className={`foreign max-md:min-w-0 max-md:grow ${without === 'ticket' ? 'md:w-32' : 'md:w-48'}`}>
          <Link data-row to="/devices/$id" params={{ id: alert.device }} className="link font-medium">
            {alert.deviceName}
          </Link>
        </td>
      )}
      <Title alert={alert} />
      <td className="max-md:order-1 md:w-44">
        <Evidence evidence={alert.evidence} />
        <UsedBy alert={alert} />
      </td>
      <td className="number max-md:ml-auto md:w-16">
        <Ago at={alert.since} />
      </td>
      <td className="number text-muted max-md:order-1 md:w-14" title="How often it fired">
        {alert.occurrences > 1 ? `× ${alert.occurrences}` : ''}
      </td>
      {without === 'ticket' ? null : (
        <td className="max-md:order-1 md:w-24">
          {alert.ticket === null ? null : <TicketLink id={alert.ticket} number={alert.ticketNumber} />}
        </td>
      )}
      <td className="max-md:order-1 max-md:ml-auto md:w-40 md:text-right">
        <AlertRowActs alert={alert} />
      </td>
    </tr>
  );
};

/** All of the table, or none. */
const SelectAll = ({ alerts }: { readonly alerts: readonly AlertView[] }) => {
  const { selected, select } = useAlertWork();
  const ids = alerts.filter(({ state }) => state !== 'resolved').map(({ id }) => id);
  return (
    <input
      type="checkbox"
      className="block size-4 accent-accent"
      aria-label="Select all of these"
      disabled={ids.length === 0}
      checked={ids.length > 0 && ids.every((id) => selected.has(id))}
      onChange={(event) => select(ids, event.currentTarget.checked)}
    />
  );
};

type Props = { readonly alerts: readonly AlertView[]; readonly without?: Left };

/** Stands within AlertWork. */
export const AlertTable = ({ alerts, without = null }: Props) => {
  const isSelectable = useMayChange();
  return (
    <table className="list">
      <thead>
        <tr>
          {isSelectable ? (
            <th>
              <SelectAll alerts={alerts} />
            </th>
          ) : null}
          <th>Severity</th>
          {without === 'device' ? null : <th>Device</th>}
          <th>Alert</th>
          <th>Value</th>
          <th className="number">Age</th>
          <th className="number">Fired</th>
          {without === 'ticket' ? null : <th>Ticket</th>}
          <th>
            <span className="sr-only">State</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {alerts.map((alert) => (
          <AlertRow key={alert.id} alert={alert} without={without} isSelectable={isSelectable} />
        ))}
      </tbody>
    </table>
  );
};

import type { AlertView } from '@fettle/shared/api/alert.schema';
import { Link } from '@tanstack/react-router';
import { Check, Ticket } from 'lucide-react';
import { useState } from 'react';

import { useAck } from '../actions.ts';
import { evidenceText, usedByTexts } from '../evidence.ts';
import { Ago } from './ago.tsx';
import { Button } from './button.tsx';
import { SeverityTag } from './severity.tsx';

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

const State = ({ alert }: { readonly alert: AlertView }) => {
  const ack = useAck();
  if (alert.state === 'resolved') {
    return (
      <span className="text-muted">
        Resolved {alert.resolvedAt === null ? null : <Ago at={alert.resolvedAt} suffix />}
      </span>
    );
  }
  if (alert.state === 'acked') {
    return (
      <span className="inline-flex items-center align-middle gap-1 text-muted">
        <Check size={14} aria-hidden /> Acked
      </span>
    );
  }
  return (
    <Button
      isSmall
      data-ack
      onClick={() => ack.mutate(alert)}
      aria-label={`Ack: ${alert.title} on ${alert.deviceName}`}
    >
      Ack
    </Button>
  );
};

const TicketLink = ({ id, number }: { readonly id: string; readonly number: string | null }) => (
  <Link to="/tickets/$id" params={{ id }} className="link inline-flex items-center gap-1 align-middle">
    <Ticket size={14} aria-hidden /> {number ?? 'Ticket'}
  </Link>
);

const ARRIVED_WITHIN_MS = 3_000;

/** What the table leaves out, because the page is about it. */
type Left = 'device' | 'ticket' | null;

type RowProps = { readonly alert: AlertView; readonly without: Left };

const AlertRow = ({ alert, without }: RowProps) => {
  const [isNew] = useState(() => Date.now() - Date.parse(alert.updatedAt) < ARRIVED_WITHIN_MS);
  return (
    <tr className={isNew ? 'animate-arrive' : ''} data-open={alert.state === 'open' ? '' : undefined}>
      <td className={`md:w-28 ${alert.severity === 'critical' ? 'text-critical' : 'text-warning'}`}>
        <SeverityTag severity={alert.severity} />
      </td>
      {without === 'device' ? null : (
        <td className="foreign max-md:min-w-0 max-md:grow md:w-48">
          <Link data-row to="/devices/$id" params={{ id: alert.device }} className="link font-medium">
            {alert.deviceName}
          </Link>
        </td>
      )}
      <td className="foreign max-md:order-1 max-md:w-full">
        {alert.title}
        {alert.instance === '' ? null : <span className="ml-2 font-mono text-xs text-muted">{alert.instance}</span>}
      </td>
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
      <td className="max-md:order-1 max-md:ml-auto md:w-36 md:text-right">
        <State alert={alert} />
      </td>
    </tr>
  );
};

type Props = { readonly alerts: readonly AlertView[]; readonly without?: Left };

export const AlertTable = ({ alerts, without = null }: Props) => (
  <table className="list">
    <thead>
      <tr>
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
        <AlertRow key={alert.id} alert={alert} without={without} />
      ))}
    </tbody>
  </table>
);

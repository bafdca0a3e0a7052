import type { Priority, TicketState } from '@fettle/shared/api/alert.schema';
import { ChevronDown, ChevronsUp, Equal, type LucideIcon, OctagonAlert } from 'lucide-react';

type Look = readonly [icon: LucideIcon, word: string, tone: string];

const priorities: Readonly<Record<Priority, Look>> = {
  critical: [OctagonAlert, 'Critical', 'text-critical font-medium'],
  high: [ChevronsUp, 'High', 'text-warning font-medium'],
  normal: [Equal, 'Normal', 'text-ink'],
  low: [ChevronDown, 'Low', 'text-muted'],
};

export const PriorityTag = ({ priority }: { readonly priority: Priority }) => {
  const [Icon, word, tone] = priorities[priority];
  return (
    <span className={`inline-flex items-center align-middle gap-1.5 ${tone}`}>
      <Icon size={15} aria-hidden />
      {word}
    </span>
  );
};

const states: Readonly<Record<TicketState, string>> = {
  new: 'border-accent text-accent',
  open: 'border-edge text-ink',
  waiting: 'border-edge text-muted',
  resolved: 'border-good text-good',
  closed: 'border-line text-muted',
};

export const TicketStateTag = ({ state }: { readonly state: TicketState }) => (
  <span className={`inline-block rounded-full align-middle border px-2 text-xs leading-5 capitalize ${states[state]}`}>
    {state}
  </span>
);

import type { AbsenceKind, AbsenceView } from '@fettle/shared/api/absence.schema';
import { formatDuration } from '@fettle/shared/words/format';
import { useQuery } from '@tanstack/react-query';

import { absencesQuery } from '../queries.ts';
import { Ago } from './ago.tsx';
import { Panel } from './panel.tsx';

/** More are asked of the API. */
const SHOWN = 10;

const words: Readonly<Record<AbsenceKind, string>> = {
  asleep: 'Asleep',
  off: 'Off',
  rebooted: 'Restarted',
  crashed: 'Crashed, or lost power',
  stopped: 'Agent stopped',
  'agent died': 'Agent died',
  updated: 'Agent updated',
  network: 'Cut off',
  unknown: 'Away',
};

const AbsenceRow = ({ absence: { from, to, kind, evidence } }: { readonly absence: AbsenceView }) => (
  <li className="border-t border-line px-3 py-2 first:border-0">
    <span className="font-medium">{words[kind]}</span> for {formatDuration(Date.parse(to) - Date.parse(from))}, until{' '}
    <Ago at={to} suffix />
    <span className="foreign block text-xs text-muted">{evidence}</span>
  </li>
);

/** Where the device was while it was away, as it turned out when it came back. */
export const AbsenceList = ({ device }: { readonly device: string }) => {
  const { data: absences = [] } = useQuery(absencesQuery(device));
  if (absences.length === 0) return null;
  return (
    <Panel title="Absences">
      <ul>
        {absences.slice(0, SHOWN).map((absence) => (
          <AbsenceRow key={absence.to} absence={absence} />
        ))}
      </ul>
    </Panel>
  );
};

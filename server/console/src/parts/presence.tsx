import type { Presence } from '@fettle/shared/api/device.schema';
import {
  Archive,
  ArrowDownToLine,
  CalendarX2,
  CircleDashed,
  CircleDot,
  CircleHelp,
  CircleStop,
  CircleX,
  type LucideIcon,
  Moon,
  Power,
  RotateCw,
} from 'lucide-react';

type Look = readonly [icon: LucideIcon, word: string, tone: string];

const looks: Readonly<Record<Presence, Look>> = {
  online: [CircleDot, 'Online', 'text-good'],
  away: [CircleDashed, 'Away', 'text-warning'],
  overdue: [CalendarX2, 'Overdue', 'text-warning'],
  offline: [CircleX, 'Offline', 'text-critical'],
  asleep: [Moon, 'Asleep', 'text-muted'],
  stopped: [CircleStop, 'Agent stopped', 'text-warning'],
  off: [Power, 'Off', 'text-muted'],
  rebooting: [RotateCw, 'Rebooting', 'text-muted'],
  updating: [ArrowDownToLine, 'Updating', 'text-muted'],
  retiring: [Archive, 'Retiring', 'text-muted'],
  unknown: [CircleHelp, 'Unknown', 'text-muted'],
};

export const PresenceTag = ({ presence }: { readonly presence: Presence }) => {
  const [Icon, word, tone] = looks[presence];
  return (
    <span className={`inline-flex items-center align-middle gap-1.5 whitespace-nowrap ${tone}`}>
      <Icon size={15} aria-hidden />
      {word}
    </span>
  );
};

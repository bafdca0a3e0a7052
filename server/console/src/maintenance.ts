// Which maintenance windows are about a device, and how they are told. Pure; the server says which are on.
import type { DeviceView } from '@fettle/shared/api/device.schema';
import type { WindowView } from '@fettle/shared/api/quiet.schema';
import { HOUR_MS } from '@fettle/shared/time';
import { formatDuration } from '@fettle/shared/words/format';

import { formatUntil } from './format.ts';

type Place = Pick<DeviceView, 'id' | 'tenant' | 'site' | 'tags'>;

export const covers = ({ tenant, scope }: WindowView, device: Place): boolean => {
  if (tenant !== device.tenant) return false;
  if (scope.kind === 'tenant') return true;
  if (scope.kind === 'tag') return device.tags.includes(scope.tag);
  return scope.id === (scope.kind === 'site' ? device.site : device.id);
};

const startMs = ({ time }: WindowView): number => (time.kind === 'once' ? Date.parse(time.start) : 0);

/** Those that are on first, then by their beginning. */
export const windowsOf = (windows: readonly WindowView[], device: Place): readonly WindowView[] =>
  windows
    .filter((window) => covers(window, device))
    .toSorted((one, other) => Number(other.active) - Number(one.active) || startMs(one) - startMs(other));

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** "until 16:00", "tomorrow 08:00 until tomorrow 12:00", "each Mon, Fri at 22:00 for 2 h (Europe/Berlin)" */
export const windowText = ({ time, active }: Pick<WindowView, 'time' | 'active'>, nowMs: number): string => {
  if (time.kind === 'once') {
    const end = `until ${formatUntil(Date.parse(time.end), nowMs)}`;
    return active ? end : `${formatUntil(Date.parse(time.start), nowMs)} ${end}`;
  }
  const days = time.days.map((day) => DAYS[day - 1]).join(', ');
  return `each ${days} at ${time.from} for ${formatDuration(time.minutes * 60_000)} (${time.zone})`;
};

const ofWhat: Readonly<Record<WindowView['scope']['kind'], string>> = {
  device: '',
  site: 'of the whole site',
  tenant: 'of the whole tenant',
  tag: 'of all devices with its tag',
};

/** Empty for one of the device alone. */
export const scopeText = ({ scope }: Pick<WindowView, 'scope'>): string =>
  scope.kind === 'tag' ? `${ofWhat.tag} ${scope.tag}` : ofWhat[scope.kind];

/** The server asks for a reason beyond it. */
export const UNREASONED_MOST_MS = 72 * HOUR_MS;

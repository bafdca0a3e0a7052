// How urgent a ticket is: the rule's urgency by the device's weight.
import type { Priority } from '@fettle/shared/api/alert.schema';
import type { Urgency } from '@fettle/shared/rule/rule';
import type { DeviceClass } from '@fettle/shared/rule/scope';

const MATRIX: Readonly<Record<Urgency, Readonly<Record<Urgency, Priority>>>> = {
  high: { high: 'critical', medium: 'high', low: 'normal' },
  medium: { high: 'high', medium: 'normal', low: 'low' },
  low: { high: 'normal', medium: 'low', low: 'low' },
};

/** Many depend on a server, one person on a laptop. */
const impactOf = (deviceClass: DeviceClass): Urgency => {
  if (deviceClass === 'server') return 'high';
  return deviceClass === 'network' || deviceClass === 'kiosk' ? 'medium' : 'low';
};

export const priorityOf = (urgency: Urgency, deviceClass: DeviceClass): Priority =>
  MATRIX[urgency][impactOf(deviceClass)];

const ORDER: readonly Priority[] = ['low', 'normal', 'high', 'critical'];

export const higherOf = (one: Priority, other: Priority): Priority =>
  ORDER.indexOf(one) >= ORDER.indexOf(other) ? one : other;

// How urgent a ticket is: the rule's urgency by what the device means to people.
import type { Priority } from '@fettle/shared/api/alert.schema';
import type { Urgency } from '@fettle/shared/rule/rule';
import type { DeviceClass } from '@fettle/shared/rule/scope';

/** By urgency, then by impact. */
export type Matrix = Readonly<Record<Urgency, Readonly<Record<Urgency, Priority>>>>;

export const STANDARD_MATRIX: Matrix = {
  high: { high: 'critical', medium: 'high', low: 'normal' },
  medium: { high: 'high', medium: 'normal', low: 'normal' },
  low: { high: 'normal', medium: 'low', low: 'low' },
};

/** Many depend on a server, one person on a laptop; a tag says where that is otherwise, and only ever makes it weightier. */
export const impactOf = (deviceClass: DeviceClass, tags: readonly string[]): Urgency => {
  if (deviceClass === 'server' || tags.includes('critical')) return 'high';
  const isShared = deviceClass === 'network' || deviceClass === 'kiosk';
  return isShared || tags.includes('shared') || tags.includes('vip') ? 'medium' : 'low';
};

export const priorityOf = (urgency: Urgency, impact: Urgency, matrix: Matrix): Priority => matrix[urgency][impact];

const ORDER: readonly Priority[] = ['low', 'normal', 'high', 'critical'];

export const higherOf = (one: Priority, other: Priority): Priority =>
  ORDER.indexOf(one) >= ORDER.indexOf(other) ? one : other;

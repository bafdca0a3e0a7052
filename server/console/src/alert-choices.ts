// What can be done about some alerts, by how they stand. Pure: the drawer offers it, the server has the last word.
import type { AlertView } from '@fettle/shared/api/alert.schema';

import type { AlertCall } from './alert-calls.ts';

type Standing = Pick<AlertView, 'state' | 'quiet' | 'tenant'>;

export type DirectAct = AlertCall & { readonly word: string };
export type FormName = 'snooze' | 'assign' | 'mute';

const ACK: DirectAct = { verb: 'ack', word: 'Ack', done: 'acknowledged' };
const UNSNOOZE: DirectAct = { verb: 'unsnooze', word: 'End the snooze', done: 'snoozed no more' };
const UNMUTE: DirectAct = { verb: 'unmute', word: 'Unmute', done: 'muted no more' };

const isOver = ({ state }: Standing): boolean => state === 'resolved';
const isFor = (why: string) => (alert: Standing) => alert.quiet?.why === why && !isOver(alert);

/** Without a question. `isMuted`: the problem of the one alert is muted, though the alert may be over. */
export const directActs = (alerts: readonly Standing[], isMuted: boolean): readonly DirectAct[] => [
  ...(alerts.some(({ state }) => state === 'open') ? [ACK] : []),
  ...(alerts.length > 0 && alerts.every(isFor('snoozed')) ? [UNSNOOZE] : []),
  ...(isMuted || (alerts.length > 0 && alerts.every(isFor('muted'))) ? [UNMUTE] : []),
];

/** Those that ask for something first. What is over can only be muted, for the next time. */
export const formsFor = (alerts: readonly Standing[]): readonly FormName[] =>
  alerts.every(isOver) ? ['mute'] : ['snooze', 'assign', 'mute'];

/** Whose people can be given all of them; "" where they are of several. */
export const tenantOf = (alerts: readonly Standing[]): string => {
  const [first] = alerts;
  return first !== undefined && alerts.every(({ tenant }) => tenant === first.tenant) ? first.tenant : '';
};

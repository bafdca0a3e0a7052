// Who may use which route of the API, what its path names, and a body that it takes. A new route has its line here.
import type { Role } from '../domain/actor.ts';
import { STANDARD_TERMS } from '../domain/sla/terms.ts';

export type Thing = 'device' | 'alert' | 'ticket' | 'window' | 'calendar';
export type Rule = {
  readonly may: 'anybody' | 'reader' | 'changer' | 'owner';
  /** What the {id} of its path is. */
  readonly of?: Thing | 'tenant' | 'rule' | 'nothing';
};

const reader = { may: 'reader' } as const;
const settingsOf = (list: string): Readonly<Record<string, Rule>> => ({
  [`GET /api/v1/${list}`]: { may: 'owner' },
  [`POST /api/v1/${list}`]: { may: 'owner' },
  [`PUT /api/v1/${list}/{id}`]: { may: 'owner', of: 'nothing' },
  [`DELETE /api/v1/${list}/{id}`]: { may: 'owner', of: 'nothing' },
});
/** Who may use which route, and what its path names. */
export const RULES: Readonly<Record<string, Rule>> = {
  'GET /healthz': { may: 'anybody' },
  'GET /readyz': { may: 'anybody' },
  'GET /metrics': { may: 'owner' },
  'POST /api/v1/session': { may: 'anybody' },
  'DELETE /api/v1/session': { may: 'anybody' },
  'POST /api/v1/enroll': { may: 'anybody' },
  'POST /api/v1/enroll/challenge': { may: 'anybody' },
  'GET /api/v1/me': reader,
  'GET /api/v1/server': reader,
  'GET /api/v1/server/health': reader,
  'GET /api/v1/rules': reader,
  'GET /api/v1/events': reader,
  'GET /api/v1/devices': reader,
  'GET /api/v1/devices/{id}': { ...reader, of: 'device' },
  'GET /api/v1/devices/{id}/absences': { ...reader, of: 'device' },
  'GET /api/v1/devices/{id}/latest': { ...reader, of: 'device' },
  'GET /api/v1/devices/{id}/series': { ...reader, of: 'device' },
  'GET /api/v1/alerts': reader,
  'GET /api/v1/alerts/{id}': { ...reader, of: 'alert' },
  'GET /api/v1/alerts/{id}/explain': { ...reader, of: 'alert' },
  'POST /api/v1/alerts/bulk': { may: 'changer' },
  'POST /api/v1/tickets/bulk': { may: 'changer' },
  'POST /api/v1/alerts/{id}/ack': { may: 'changer', of: 'alert' },
  'POST /api/v1/alerts/{id}/snooze': { may: 'changer', of: 'alert' },
  'POST /api/v1/alerts/{id}/assign': { may: 'changer', of: 'alert' },
  'POST /api/v1/alerts/{id}/mute': { may: 'changer', of: 'alert' },
  'POST /api/v1/alerts/{id}/unmute': { may: 'changer', of: 'alert' },
  'POST /api/v1/alerts/{id}/unsnooze': { may: 'changer', of: 'alert' },
  'GET /api/v1/maintenance': reader,
  'POST /api/v1/maintenance': { may: 'changer' },
  'DELETE /api/v1/maintenance/{id}': { may: 'changer', of: 'window' },
  'GET /api/v1/posture': reader,
  'PUT /api/v1/devices/{id}/tags': { may: 'changer', of: 'device' },
  'GET /api/v1/tickets': reader,
  'GET /api/v1/tickets/{id}': { ...reader, of: 'ticket' },
  'GET /api/v1/tickets/{id}/external': { ...reader, of: 'ticket' },
  'POST /api/v1/tickets/{id}/take': { may: 'changer', of: 'ticket' },
  'POST /api/v1/tickets/{id}/resolve': { may: 'changer', of: 'ticket' },
  ...Object.fromEntries(
    'assign close comments continue file leave link merge notes reopen time unlink wait'
      .split(' ')
      .map((verb) => [`POST /api/v1/tickets/{id}/${verb}`, { may: 'changer', of: 'ticket' }]),
  ),
  'POST /api/v1/tickets': { may: 'changer' },
  'GET /api/v1/people': { may: 'changer' },
  'GET /api/v1/tickets/due': reader,
  'GET /api/v1/tickets/{id}/timeline': { ...reader, of: 'ticket' },
  'GET /api/v1/calendars': reader,
  'GET /api/v1/calendars/{id}': { ...reader, of: 'calendar' },
  'POST /api/v1/calendars': { may: 'owner' },
  'PUT /api/v1/calendars/{id}': { may: 'owner', of: 'calendar' },
  'POST /api/v1/calendars/{id}/holidays': { may: 'owner', of: 'calendar' },
  ...settingsOf('channels'),
  ...settingsOf('notice-routes'),
  ...settingsOf('rotas'),
  'GET /api/v1/sites': { may: 'owner' },
  'GET /api/v1/enroll-tokens': { may: 'owner' },
  'POST /api/v1/enroll-tokens': { may: 'owner' },
  'DELETE /api/v1/enroll-tokens/{id}': { may: 'owner', of: 'nothing' },
  'GET /api/v1/ingest-tokens': { may: 'owner' },
  'POST /api/v1/ingest-tokens': { may: 'owner' },
  'DELETE /api/v1/ingest-tokens/{id}': { may: 'owner', of: 'nothing' },
  'POST /api/v1/channels/{id}/test': { may: 'owner', of: 'nothing' },
  'GET /api/v1/notices': { may: 'owner' },
  'POST /api/v1/notices/{id}/resend': { may: 'owner', of: 'nothing' },
  'POST /api/v1/ingest/alertmanager': { may: 'anybody' },
  'GET /api/v1/rules/overrides': reader,
  'GET /api/v1/rules/export': reader,
  'POST /api/v1/rules/import': { may: 'owner' },
  'GET /api/v1/rules/{id}/effective': { ...reader, of: 'rule' },
  'GET /api/v1/rules/{id}/versions': { ...reader, of: 'rule' },
  'GET /api/v1/rules/{id}/watching': { ...reader, of: 'rule' },
  'POST /api/v1/rules/backtest': { may: 'changer' },
  'PUT /api/v1/rules/{id}/overrides/{level}/{place}': { may: 'owner', of: 'rule' },
  'DELETE /api/v1/rules/{id}/overrides/{level}/{place}': { may: 'owner', of: 'rule' },
  'POST /api/v1/rules/{id}/overrides/{level}/{place}/rollback': { may: 'owner', of: 'rule' },
  'GET /api/v1/sla/{tenant}': { ...reader, of: 'tenant' },
  'PUT /api/v1/sla/{tenant}': { may: 'owner', of: 'tenant' },
};

export const HOURS = {
  name: 'x',
  zone: 'UTC',
  week: [[{ from: '09:00', to: '17:00' }], [], [], [], [], [], []],
  holidays: [],
};
export const LATER = '2040-01-01T00:00:00.000Z';
/** Bodies that more than texts and numbers make. */
export const BODIES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'POST /api/v1/alerts/bulk': { alerts: ['x'], act: { do: 'ack' } },
  'POST /api/v1/tickets/bulk': { tickets: [{ id: 'x', version: 1 }], act: { do: 'take' } },
  'POST /api/v1/alerts/{id}/snooze': { until: LATER },
  'POST /api/v1/alerts/{id}/mute': { until: LATER, reason: 'x' },
  'PUT /api/v1/devices/{id}/tags': { tags: ['vip'] },
  'POST /api/v1/tickets': { tenant: 'none', subject: 'x' },
  'POST /api/v1/tickets/{id}/comments': { text: 'x' },
  'POST /api/v1/tickets/{id}/wait': { version: 1, for: 'customer' },
  'POST /api/v1/tickets/{id}/leave': { version: 1, until: LATER },
  'POST /api/v1/tickets/{id}/file': { version: 1, subject: 'x' },
  'POST /api/v1/tickets/{id}/link': { other: 'x', link: 'related' },
  'POST /api/v1/tickets/{id}/unlink': { other: 'x', link: 'related' },
  'POST /api/v1/rules/backtest': { a: { id: 'disk.space' }, tenant: 'none' },
  'POST /api/v1/calendars': { tenant: 'none', ...HOURS },
  'PUT /api/v1/calendars/{id}': { version: 1, ...HOURS },
  'PUT /api/v1/sla/{tenant}': { version: 0, ...STANDARD_TERMS },
  'POST /api/v1/maintenance': {
    tenant: 'none',
    scope: { kind: 'tenant' },
    time: { kind: 'once', start: '2039-12-31T00:00:00.000Z', end: LATER },
    reason: '',
  },
};

/** What each role may. */
export const MAY: Readonly<Record<Role, ReadonlySet<Rule['may']>>> = {
  owner: new Set(['anybody', 'reader', 'changer', 'owner']),
  technician: new Set(['anybody', 'reader', 'changer']),
  viewer: new Set(['anybody', 'reader']),
};

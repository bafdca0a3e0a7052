// The event log and the live feed: GET /api/v1/events and the WebSocket at /api/v1/feed.
import { z } from 'zod';

import { absenceView } from './absence.schema.ts';
import { alertChanges, alertView, ticketChanges, ticketView } from './alert.schema.ts';
import { deviceView, instant, latestView } from './device.schema.ts';

const head = {
  seq: z.int().describe('rises without end; resume with ?after='),
  at: instant,
  tenant: z.string(),
  device: z.string().describe('"" where it is about none'),
};

/** What happened, with the thing as it is after it. */
export const feedEvent = z.discriminatedUnion('kind', [
  z.strictObject({
    ...head,
    kind: z.literal('alert'),
    change: z.enum(alertChanges),
    alert: alertView,
  }),
  z.strictObject({
    ...head,
    kind: z.literal('ticket'),
    change: z.enum(ticketChanges),
    ticket: ticketView,
  }),
  /** Of what is promised for a ticket so much is used up. */
  z.strictObject({
    ...head,
    kind: z.literal('sla'),
    change: z.enum(['warning', 'breached']),
    clock: z.enum(['response', 'resolution']),
    stage: z.enum(['75', '90', 'breach']).describe('percent'),
    late: z.boolean().describe('the server could not tell when it was reached'),
    ticket: ticketView,
  }),
  z.strictObject({
    ...head,
    kind: z.literal('device'),
    change: z.enum(['enrolled', 'presence', 'changed', 'removed']),
    view: deviceView.omit({ readings: true, openAlerts: true }),
  }),
  /** A device is back: what kept it away. */
  z.strictObject({
    ...head,
    kind: z.literal('absence'),
    change: z.literal('returned'),
    deviceName: z.string(),
    absence: absenceView,
  }),
]);

export const serverInfo = z.strictObject({
  version: z.string(),
  hurry: z.boolean().describe('durations are divided by 60, for trying out'),
  lastSeq: z.int(),
});

/** Server to console. */
export const feedMessage = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('hello'), server: serverInfo }),
  z.strictObject({ type: z.literal('event'), event: feedEvent }),
  /** The events since the console's last are too many: fetch the lists anew; events go on after `seq`. */
  z.strictObject({ type: z.literal('snapshot'), seq: z.int() }),
  /** Each 15 s: a browser does not see pings, and cannot tell a quiet feed from a lost one without it. */
  z.strictObject({ type: z.literal('heartbeat') }),
  /** The newest of devices in the list; at most one a second and device. */
  z.strictObject({ type: z.literal('readings'), device: z.string(), readings: deviceView.shape.readings }),
  /** Everything of the one device that is open; while it is, each second. */
  z.strictObject({ type: z.literal('latest'), device: z.string(), latest: latestView }),
]);

/** Console to server: replaces what was watched before. */
export const feedRequest = z.strictObject({
  type: z.literal('watch'),
  devices: z.array(z.string().max(40)).max(200),
  detail: z.string().max(40).nullable(),
});

export type FeedEvent = z.infer<typeof feedEvent>;
export type FeedMessage = z.infer<typeof feedMessage>;
export type FeedRequest = z.infer<typeof feedRequest>;
export type ServerInfo = z.infer<typeof serverInfo>;

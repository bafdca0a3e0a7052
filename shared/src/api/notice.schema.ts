// Channels, routes, rotas and notices as the HTTP API takes and shows them.
import { z } from 'zod';

import { severities } from '../alert/alert.ts';
import { instant } from './device.schema.ts';

const NAME_MAX = 100;
const name = z.string().trim().min(1).max(NAME_MAX);
const id = z.string().min(1).max(40);
const tenant = z.string().max(200).default('').describe('whose it is; "": for all tenants');

/** Without a name and password in it: those would stand in logs of proxies. */
const url = z
  .string()
  .max(2_000)
  .refine((text) => {
    const parsed = URL.parse(text);
    return parsed !== null && /^https?:$/.test(parsed.protocol) && parsed.username === '' && parsed.password === '';
  }, 'not an address that begins with https:// or http://, without a user in it');

const address = z.email().max(254);
const headerText = z.string().regex(/^[\x21-\x7e]+$/, 'only printable ASCII, no spaces');

/** What a channel needs to send. All but `to` and `topic` is secret: it never comes back. */
export const channelSettings = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('email'), to: z.array(address).min(1).max(20) }),
  z.strictObject({
    kind: z.literal('webhook'),
    url,
    secret: z.string().min(16).max(200).exactOptional().describe('signs each message; at least 16 characters'),
  }),
  z.strictObject({ kind: z.literal('slack'), url: url.describe('of the incoming webhook') }),
  z.strictObject({ kind: z.literal('teams'), url: url.describe('of the workflow') }),
  z.strictObject({
    kind: z.literal('ntfy'),
    url: url.describe('of the server, such as https://ntfy.sh'),
    topic: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'letters, digits, _ and -, up to 64'),
    token: headerText.max(500).exactOptional(),
  }),
]);

const perHour = z.int().min(1).max(3_600).describe('messages an hour at most; those beyond wait');

export const newChannel = z.strictObject({
  name,
  tenant,
  isEnabled: z.boolean().default(true),
  perHour: perHour.default(60),
  settings: channelSettings,
});

export const channelChange = z.strictObject({
  name,
  isEnabled: z.boolean(),
  perHour,
  settings: channelSettings.exactOptional().describe('absent: as they are'),
});

export const channelView = z.strictObject({
  id,
  tenant: z.string(),
  name: z.string(),
  kind: z.enum(['email', 'webhook', 'slack', 'teams', 'ntfy']),
  target: z.string().describe('addresses, or where the receiver is; no secrets'),
  isSigned: z.boolean(),
  isEnabled: z.boolean(),
  perHour: z.int(),
});

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'not a time such as 22:00');
const zone = z
  .string()
  .max(64)
  .refine((text) => {
    try {
      return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(text).timeZoneId !== '';
    } catch {
      return false;
    }
  }, 'not a time zone such as Europe/Berlin');

export const quietHours = z.strictObject({
  zone,
  from: clock,
  to: clock.describe('on the next day when it is not after `from`; equal: the whole day'),
  days: z.array(z.int().min(1).max(7)).min(1).max(7).describe('days on which they begin, 1 is Monday'),
  holdsCritical: z.boolean().default(false).describe('hold back what is critical, too'),
});

export const noticeKinds = ['alert', 'ticket', 'sla'] as const;

/** All routes that fit are taken, each channel once. */
export const newRoute = z.strictObject({
  name,
  tenant,
  severities: z
    .array(z.enum(severities))
    .min(1)
    .max(2)
    .default([...severities]),
  kinds: z
    .array(z.enum(noticeKinds))
    .min(1)
    .max(3)
    .default([...noticeKinds]),
  tags: z.array(z.string().min(1).max(200)).max(50).default([]).describe('one of these; none: whatever the tags'),
  to: z
    .array(z.union([z.strictObject({ channel: id }), z.strictObject({ rota: id })]))
    .min(1)
    .max(20),
  quiet: quietHours.nullable().default(null),
});

/** People on call by turns. */
export const newRota = z.strictObject({
  name,
  tenant,
  zone,
  start: z.iso.date().describe('the day on which the first turn begins'),
  handover: clock.default('09:00'),
  turnDays: z.int().min(1).max(90).default(7),
  people: z
    .array(z.strictObject({ name, channel: id }))
    .min(1)
    .max(50),
  escalation: z
    .strictObject({ afterMinutes: z.int().min(1).max(1_440), to: id.describe('a rota') })
    .nullable()
    .default(null),
});

export const routeView = z.strictObject({ id, ...newRoute.shape });
export const rotaView = z.strictObject({
  id,
  ...newRota.shape,
  onCall: z.string().describe('who is on call now'),
});

export const noticeStates = ['waiting', 'skipped', 'queued', 'sending', 'sent', 'dead'] as const;

export const noticeView = z.strictObject({
  id: z.string(),
  at: instant,
  tenant: z.string(),
  kind: z.string().describe('alert.fired, ticket.opened, notice.repeated …'),
  subject: z.string().describe("the alert's or ticket's id"),
  channel: z.string().nullable(),
  channelName: z.string().nullable(),
  state: z.enum(noticeStates),
  why: z.string().describe('why it was not sent, or what the receiver answered'),
  attempts: z.int(),
  nextAttempt: instant.nullable(),
  sentAt: instant.nullable(),
  delivery: z.string().nullable().describe('the message that it is part of: what can be sent again'),
});

export const testResult = z.strictObject({
  isSent: z.boolean(),
  answer: z.string().describe('what the receiver said, or why there was no answer'),
});

export const newIngestToken = z.strictObject({ name, site: z.string().min(1).max(200) });
export const ingestTokenView = z.strictObject({
  id,
  name: z.string(),
  tenant: z.string(),
  site: z.string(),
  createdAt: instant,
});
export const ingestTokenMade = z.strictObject({ ...ingestTokenView.shape, token: z.string().describe('shown once') });

const labels = z.record(z.string().max(200), z.string().max(4_000));

/** Alertmanager's webhook, version 4: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config */
export const alertmanagerMessage = z.looseObject({
  version: z.literal('4'),
  alerts: z
    .array(
      z.looseObject({
        status: z.enum(['firing', 'resolved']),
        labels,
        annotations: labels.default({}),
        startsAt: z.iso.datetime({ offset: true }),
        endsAt: z.iso.datetime({ offset: true }).optional(),
        generatorURL: z.string().max(2_000).optional(),
        fingerprint: z.string().min(1).max(64),
      }),
    )
    .max(1_000),
  truncatedAlerts: z.int().min(0).optional(),
});

export const ingested = z.strictObject({ alerts: z.int(), changed: z.int() });

export type ChannelSettings = z.infer<typeof channelSettings>;
export type NoticeView = z.infer<typeof noticeView>;
export type ChannelView = z.infer<typeof channelView>;
export type QuietHours = z.infer<typeof quietHours>;
export type NewRoute = z.infer<typeof newRoute>;
export type NewRota = z.infer<typeof newRota>;
export type AlertmanagerMessage = z.infer<typeof alertmanagerMessage>;

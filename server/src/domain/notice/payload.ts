// A message in the form of each kind of receiver that takes JSON.
import type { Severity } from '@fettle/shared/alert/alert';

import { type Item, type Message, headlineOf, lineOf, moreOf, oneLine, worstOf } from './message.ts';

/** `url`: where people reach this server. */
export type PayloadContext = { readonly url: string; readonly receiver: string };

const instantOf = (ms: number): string =>
  Temporal.Instant.fromEpochMilliseconds(ms).toString({ smallestUnit: 'second' });

/** The page of an item's ticket, or of its device. */
const pageOf = ({ ticket, device }: Item, url: string): string =>
  ticket ? `${url}/tickets/${ticket.id}` : `${url}/devices/${device}`;

/** Alertmanager's word for "has not ended". */
const NEVER = '0001-01-01T00:00:00Z';

/** As Alertmanager's webhooks are, version 4: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config */
export const webhookPayload = (message: Message, { url, receiver }: PayloadContext) => {
  const { tenant, site, rule, topic, more, items } = message;
  const groupLabels = { tenant, site, rule };
  return {
    version: '4',
    groupKey: topic,
    truncatedAlerts: more,
    status: worstOf(message) === undefined ? 'resolved' : 'firing',
    receiver,
    groupLabels,
    commonLabels: groupLabels,
    commonAnnotations: {},
    externalURL: url,
    alerts: items.map((item) => ({
      status: item.status,
      labels: {
        ...item.labels,
        alertname: item.rule,
        tenant,
        site,
        rule,
        severity: item.severity,
        kind: item.type,
        device: item.device,
        device_name: item.deviceName,
        instance: item.instance,
      },
      annotations: {
        summary: item.title,
        description: lineOf(item),
        why: item.why,
        ...(item.ticket && { ticket: item.ticket.number }),
      },
      startsAt: instantOf(item.sinceMs),
      endsAt: item.status === 'resolved' ? instantOf(item.endedMs ?? message.atMs) : NEVER,
      generatorURL: pageOf(item, url),
      fingerprint: item.id,
    })),
  };
};

/** Lines that the receivers show without asking for more; Slack's text blocks end at 3,000 characters. */
const LINES_MAX = 10;

const linesOf = (message: Message, url: string, form: (line: string, page: string) => string): readonly string[] => {
  const { items, more } = message;
  const shown = items.slice(0, LINES_MAX).map((item) => form(lineOf(item), pageOf(item, url)));
  const rest = moreOf({ ...message, more: more + items.length - shown.length });
  return rest === '' ? shown : [...shown, rest];
};

/** https://docs.slack.dev/messaging/formatting-message-text: three characters are escaped, nothing else has a meaning inside a link's label. */
const slackText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('|', '¦');

const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });

/** An incoming webhook's blocks: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
export const slackPayload = (message: Message, { url }: PayloadContext) => {
  const headline = headlineOf(message);
  return {
    text: slackText(headline),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: oneLine(headline, 150) } },
      ...linesOf(message, url, (line, page) => `<${page}|${slackText(line)}>`).map(section),
    ],
  };
};

/** What Markdown in an adaptive card would make something else of. */
const cardText = (text: string): string => text.replaceAll(/[\\`*_{}[\]()#+!<>~|-]/g, String.raw`\$&`);

const COLOURS: Readonly<Record<Severity | 'none', string>> = {
  critical: 'Attention',
  warning: 'Warning',
  none: 'Good',
};

const block = (text: string, more: object = {}) => ({ type: 'TextBlock', wrap: true, text, ...more });

/** An adaptive card for a Teams workflow, "when a webhook request is received": https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using */
export const teamsPayload = (message: Message, { url }: PayloadContext) => {
  const color = COLOURS[worstOf(message) ?? 'none'];
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      block(cardText(headlineOf(message)), { weight: 'Bolder', size: 'Medium', color }),
      ...linesOf(message, url, (line) => cardText(line)).map((line) => block(line)),
    ],
    actions: [{ type: 'Action.OpenUrl', title: 'Open Fettle', url: firstPage(message, url) }],
  };
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
  };
};

const firstPage = ({ items: [first] }: Message, url: string): string => (first ? pageOf(first, url) : url);

/** Published as JSON: https://docs.ntfy.sh/publish/#publish-as-json. Priority 5 wakes people, 3 does not. */
export const ntfyPayload = (message: Message, { url }: PayloadContext, topic: string) => {
  const worst = worstOf(message);
  return {
    topic,
    title: headlineOf(message),
    message: linesOf(message, url, (line) => line).join('\n'),
    priority: worst === 'critical' ? 5 : 3,
    tags: [worst === undefined ? 'white_check_mark' : worst === 'critical' ? 'rotating_light' : 'warning'],
    click: firstPage(message, url),
  };
};

/** A mail in plain text: nothing in it can become markup. */
export const mailText = (message: Message, { url }: PayloadContext) => ({
  subject: headlineOf(message),
  text: [
    ...message.items.map((item) => `${lineOf(item)}\n  ${pageOf(item, url)}`),
    ...(message.more > 0 ? [moreOf(message)] : []),
    `Tenant ${message.tenant}, site ${message.site}. Acknowledge an alert and it is not told again.`,
  ].join('\n\n'),
});

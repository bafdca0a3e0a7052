// One message to one channel, in the form that its kind takes.
import { createHash } from 'node:crypto';

import type { Channel } from '../domain/notice/channel.ts';
import type { Attempted, Order } from '../domain/notice/delivery.ts';
import { mailText, ntfyPayload, slackPayload, teamsPayload, webhookPayload } from '../domain/notice/payload.ts';
import type { AllowedHosts } from './address.ts';
import { type SmtpSettings, sendMail } from './mail.ts';
import { type Json, postJson, signatureHeaders } from './post-json.ts';

export type SendContext = {
  /** Where people reach this server. */
  readonly url: () => string;
  readonly smtp: SmtpSettings | undefined;
  readonly allowed: AllowedHosts;
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
  readonly deadlineMs: number;
};

export type Send = (order: Pick<Order, 'key' | 'message' | 'channel'>) => Promise<Attempted>;

/** @returns what sends. It never throws: whatever happens is the answer */
export const createSend =
  (context: SendContext): Send =>
  ({ key, message, channel }) => {
    const form = { url: context.url().replace(/\/$/, ''), receiver: channel.name };
    const { settings } = channel;
    switch (settings.kind) {
      case 'email':
        return mail({ key, to: settings.to, ...mailText(message, form), thread: threadOf(message.topic) }, context);
      case 'webhook':
        return postJson(settings.url, key, signed(settings, webhookPayload(message, form), context), context);
      case 'slack':
        return postJson(settings.url, key, { payload: slackPayload(message, form), headers: {} }, context);
      case 'teams':
        return postJson(settings.url, key, { payload: teamsPayload(message, form), headers: {} }, context);
      case 'ntfy': {
        const headers = settings.token === undefined ? {} : { Authorization: `Bearer ${settings.token}` };
        return postJson(settings.url, key, { payload: ntfyPayload(message, form, settings.topic), headers }, context);
      }
    }
  };

const threadOf = (topic: string): string => createHash('sha256').update(topic).digest('hex').slice(0, 32);

const mail = (sent: Parameters<typeof sendMail>[1], { smtp, deadlineMs, signal }: SendContext): Promise<Attempted> => {
  const answer = 'There is no SMTP server: set smtp.host and smtp.from in the configuration.';
  if (!smtp)
    return Promise.resolve({ is: 'failed', answer, mayHaveArrived: false, isLasting: false, retryAfterMs: null });
  return sendMail(smtp, sent, { deadlineMs, signal });
};

type Webhook = Extract<Channel['settings'], { kind: 'webhook' }>;

const signed = ({ secret }: Webhook, payload: object, { nowMs }: SendContext): Json => ({
  payload,
  headers: secret === undefined ? {} : signatureHeaders(secret, payload, nowMs()),
});

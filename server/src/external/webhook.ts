// Whatever takes JSON: each change of a ticket is a message, signed, under a key. Nothing comes back by this door.
import { readFileSync } from 'node:fs';

import type { ExternalSystem, ExternalTickets } from '../domain/external/external.ts';
import { type Told, notedTold, openedTold, payloadOf, stateTold } from '../domain/external/out.ts';
import { postJson, signatureHeaders } from '../notice/post-json.ts';
import type { OutContext } from './out-context.ts';

type Webhook = ExternalSystem & { readonly kind: 'webhook' };

export const ticketWebhook = (
  { url, keyFile }: Webhook,
  context: OutContext,
  stopped: AbortSignal,
): ExternalTickets => {
  const { allowed, deadlineMs, nowMs } = context;
  const send = async (told: Told): Promise<void> => {
    const payload = payloadOf(told, context.url());
    const secret = readFileSync(keyFile, 'utf8').trim(); // each time: a new one needs no restart
    if (secret === '') throw new Error(`${keyFile} is empty: put the key into it that messages are signed with.`);
    const headers = signatureHeaders(secret, payload, nowMs());
    const { is, answer } = await postJson(
      url,
      told.key,
      { payload, headers },
      { allowed, deadlineMs, signal: stopped, nowMs },
    );
    if (is === 'failed') throw new Error(`POST ${URL.parse(url)?.origin ?? ''}: ${answer}`);
  };
  return {
    ways: 'out',
    create: async (key, copy) => {
      await send(openedTold(key, copy));
      return key;
    },
    comment: (there, note) => send(notedTold(there, note)),
    setState: (there, state) => send(stateTold(there, state)),
  };
};

// Which back end a system has.
import type { ExternalSystem, ExternalTickets } from '../domain/external/external.ts';
import { helpdeskMail } from './mail.ts';
import type { OutContext } from './out-context.ts';
import { requestTracker } from './rt.ts';
import { ticketWebhook } from './webhook.ts';

export const openerOf =
  (context: OutContext) =>
  (system: ExternalSystem, stopped: AbortSignal): ExternalTickets => {
    switch (system.kind) {
      case 'rt':
        return requestTracker(system, stopped);
      case 'mail':
        return helpdeskMail(system, context, stopped);
      case 'webhook':
        return ticketWebhook(system, context, stopped);
    }
  };

// The mailbox of a helpdesk: each ticket is a thread there. Nothing comes back by this door.
import type { ExternalSystem, ExternalTickets } from '../domain/external/external.ts';
import { type Told, mailKeyOf, mailOf, notedTold, openedTold, stateTold } from '../domain/external/out.ts';
import { messageIdOf, sendMail } from '../notice/mail.ts';
import type { OutContext } from './out-context.ts';

type Helpdesk = ExternalSystem & { readonly kind: 'mail' };

export const helpdeskMail = ({ to }: Helpdesk, context: OutContext, stopped: AbortSignal): ExternalTickets => {
  /** @param thread of the mail that it is an answer to; undefined: it is the first. @returns the id of the thread */
  const send = async (told: Told, thread?: string): Promise<string> => {
    const { smtp, url, deadlineMs } = context;
    if (!smtp) throw new Error('There is no SMTP server: set smtp.host and smtp.from in the configuration.');
    const key = mailKeyOf(told.key);
    const root = thread ?? messageIdOf(smtp, key);
    const mail = { key, to: [to], ...mailOf(told, url()), thread: root };
    const { is, answer } = await sendMail(smtp, mail, { deadlineMs, signal: stopped });
    if (is === 'failed') throw new Error(`Mail to ${to} by ${smtp.host}: ${answer}`);
    return root;
  };
  return {
    ways: 'out',
    create: (key, copy) => send(openedTold(key, copy)),
    comment: async (there, note) => {
      // whoever is on the ticket there reads its mails
      if (!note.isInternal) await send(notedTold(there, note), there.externalId);
    },
    setState: async (there, state) => {
      await send(stateTold(there, state), there.externalId);
    },
  };
};

// One mail by the administrator's SMTP server.
import { codeOf, messageOf } from '@fettle/shared/error';
import { createTransport } from 'nodemailer';

import type { Attempted } from '../domain/notice/delivery.ts';
import { oneLine } from '../domain/notice/message.ts';

export type SmtpSettings = {
  readonly host: string;
  readonly port: number;
  /** tls: from the first byte; starttls: nothing is sent before it; none: only where nobody listens. */
  readonly security: 'tls' | 'starttls' | 'none';
  readonly login: { readonly user: string; readonly password: string } | undefined;
  readonly from: string;
  /** PEM of who may have signed the server's certificate, beside those known to everybody. */
  readonly ca?: string;
};

export type Mail = {
  readonly key: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  /** Mails of one topic are one thread: its name, or the id of the mail that it began with. */
  readonly thread: string;
};

type Context = { readonly deadlineMs: number; readonly signal: AbortSignal };

/** Never throws. */
export const sendMail = async (smtp: SmtpSettings, mail: Mail, context: Context): Promise<Attempted> => {
  const { deadlineMs, signal } = context;
  if (signal.aborted) return failed(new Error('the server is stopping'));
  const transport = transportOf(smtp, deadlineMs);
  const until = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = (): void => {
    reject(Object.assign(new Error('there was no answer in time'), { code: 'ETIMEDOUT', command: 'DATA' }));
  };
  until.addEventListener('abort', stop);
  try {
    const { response, rejected } = await Promise.race([transport.sendMail(headersOf(smtp, mail)), promise]);
    return { is: 'sent', answer: answerOf(response, rejected) };
  } catch (error) {
    return failed(error);
  } finally {
    until.removeEventListener('abort', stop);
    transport.close();
  }
};

const transportOf = ({ host, port, security, login, ca }: SmtpSettings, deadlineMs: number) =>
  createTransport({
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    ...(login && { auth: { user: login.user, pass: login.password } }),
    ...(ca !== undefined && { tls: { ca } }),
    connectionTimeout: deadlineMs,
    greetingTimeout: deadlineMs,
    socketTimeout: deadlineMs,
    dnsTimeout: deadlineMs,
    // a text of ours is text: never the name of a file, or an address to fetch
    disableFileAccess: true,
    disableUrlAccess: true,
  });

/** Of the mail with this key, in angle brackets: https://www.rfc-editor.org/rfc/rfc5322#section-3.6.4 */
export const messageIdOf = ({ from }: Pick<SmtpSettings, 'from'>, key: string): string =>
  `<${key}@${/@([A-Za-z0-9.-]+)>?$/.exec(from)?.[1] ?? 'fettle.invalid'}>`;

/** The library folds and encodes; a line break never comes so far. RFC 3834 keeps machines from answering. */
const headersOf = (smtp: SmtpSettings, { key, to, subject, text, thread }: Mail) => {
  const messageId = messageIdOf(smtp, key);
  const root = thread.startsWith('<') ? thread : messageIdOf(smtp, thread);
  return {
    from: smtp.from,
    to: [...to],
    subject: oneLine(subject),
    text,
    messageId,
    // the first one answers nothing
    ...(root !== messageId && { references: root, inReplyTo: root }),
    headers: { 'Idempotency-Key': key, 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
  };
};

const answerOf = (response: string, refused: readonly string[]): string =>
  oneLine(refused.length === 0 ? response : `${response}; not taken for ${refused.join(', ')}`, 300);

/** Of the commands that carry the message itself: the server's no to them is for good. */
const OF_MESSAGE: ReadonlySet<string> = new Set(['MAIL FROM', 'RCPT TO', 'DATA']);

const failed = (error: unknown): Attempted => {
  const { responseCode, command } = detailOf(error);
  const isOfMessage = command !== undefined && OF_MESSAGE.has(command);
  return {
    is: 'failed',
    answer: oneLine(messageOf(error), 300),
    mayHaveArrived: command === 'DATA' && responseCode === undefined,
    // a login that is refused can be mended in the settings, and the mail goes then
    isLasting: isOfMessage && responseCode !== undefined && responseCode >= 500 && codeOf(error) !== 'EAUTH',
    retryAfterMs: null,
  };
};

/** What nodemailer adds to its errors. */
const detailOf = (
  error: unknown,
): { readonly responseCode: number | undefined; readonly command: string | undefined } => {
  const { responseCode, command } =
    error instanceof Error ? (error as Error & { responseCode?: unknown; command?: unknown }) : {};
  return {
    responseCode: typeof responseCode === 'number' ? responseCode : undefined,
    command: typeof command === 'string' ? command : undefined,
  };
};

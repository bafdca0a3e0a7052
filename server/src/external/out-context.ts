// What those back ends need that can only be told.
import type { AllowedHosts } from '../notice/address.ts';
import type { SmtpSettings } from '../notice/mail.ts';

export type OutContext = {
  /** Where people reach this server. */
  readonly url: () => string;
  readonly smtp: SmtpSettings | undefined;
  readonly allowed: AllowedHosts;
  readonly nowMs: () => number;
  readonly deadlineMs: number;
};

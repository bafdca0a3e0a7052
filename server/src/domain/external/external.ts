// A ticket that another ticket system has, too: what is missing there, what came from there, and who yields. Pure; the systems differ
// only behind the door.
import type { TicketState } from '@fettle/shared/api/alert.schema';

import type { Actor } from '../actor.ts';

/** Which system a tenant's tickets go to. Of its secret only where it lies is known. */
export type ExternalSystem =
  | {
      /** Request Tracker. */
      readonly kind: 'rt';
      /** Without a slash at its end. */
      readonly url: string;
      readonly queue: string;
      /** A file with "user:password", or with a token. */
      readonly secretFile: string;
    }
  /** The mailbox of a helpdesk. */
  | { readonly kind: 'mail'; readonly to: string }
  /** What takes JSON. `keyFile`: a file with the key that it is signed with. */
  | { readonly kind: 'webhook'; readonly url: string; readonly keyFile: string };

/** Where it is: another one is another system. */
export const placeOf = (system: ExternalSystem): string => (system.kind === 'mail' ? system.to : system.url);

/** Theirs, as far as it matters here. `gone`: deleted there. */
export type ExternalState = 'open' | 'done' | 'gone';

/** How far both sides are. */
export type Link = {
  readonly ticket: string;
  readonly tenant: string;
  readonly externalId: string | null;
  readonly toldVersion: number;
  readonly toldNote: number;
  readonly toldState: TicketState | '';
  readonly heardMark: string;
  readonly heardState: ExternalState | '';
  readonly lookedMs: number;
  readonly failures: number;
  readonly retryMs: number;
  /** Why the last try came to nothing; "" when it did not. */
  readonly problem: string;
};

export const newLink = (ticket: string, tenant: string): Link => ({
  ticket,
  tenant,
  externalId: null,
  toldVersion: 0,
  toldNote: 0,
  toldState: '',
  heardMark: '',
  heardState: '',
  lookedMs: 0,
  failures: 0,
  retryMs: 0,
  problem: '',
});

/** What goes there of a ticket. */
export type TicketCopy = {
  readonly id: string;
  readonly number: string;
  readonly subject: string;
  readonly body: string;
  readonly state: TicketState;
  readonly version: number;
};
export type NoteCopy = {
  readonly id: number;
  readonly by: string;
  readonly what: string;
  readonly text: string;
  /** For technicians alone. */
  readonly isInternal: boolean;
};

/** What has happened there since a mark. */
export type Heard = {
  /** Of the last of it. */
  readonly mark: string;
  readonly state: ExternalState;
  /** Written by people there. */
  readonly comments: readonly { readonly by: string; readonly text: string }[];
  /** Ours that were found there: the highest number of a note, 0 for none. */
  readonly note: number;
};

/** From a system to here, and from here to what is known of it. */
export type ExternalEvent =
  | {
      readonly type: 'set external';
      readonly actor: Actor;
      readonly tenant: string;
      /** null: none any more. */
      readonly system: ExternalSystem | null;
    }
  /** It is there. `place`: where that is; when its tenant's tickets go elsewhere since, this counts for nothing. */
  | {
      readonly type: 'external told';
      readonly ticket: string;
      readonly place: string;
      readonly told: Partial<Pick<Link, 'externalId' | 'toldVersion' | 'toldNote' | 'toldState'>>;
    }
  /** It happened there. `after`: the mark from which on it was read; another has been taken since, and this counts for nothing. */
  | { readonly type: 'external heard'; readonly ticket: string; readonly after: string; readonly heard: Heard }
  | {
      readonly type: 'external failed';
      readonly ticket: string;
      readonly place: string;
      readonly problem: string;
      /** How long to wait after the first failure; twice as long after each that follows. */
      readonly firstWaitMs: number;
    };

/** A ticket of ours there. */
export type ThereTicket = { readonly externalId: string; readonly key: string; readonly copy: TicketCopy };
/** `key`: to be found again by `look`, or told apart by whoever takes it, so that none is there twice. */
export type ThereNote = { readonly key: string; readonly text: string; readonly isInternal: boolean };

/** What changes something there; each throws when it did not. */
type Telling = {
  readonly create: (key: string, copy: TicketCopy) => Promise<string>;
  readonly comment: (there: ThereTicket, note: ThereNote) => Promise<void>;
  readonly setState: (there: ThereTicket, state: TicketState) => Promise<void>;
};

/** A back end: one ticket system. Of one that can only be told nothing is heard, and it tells by our keys what it has had before. */
export type ExternalTickets =
  | (Telling & { readonly ways: 'out' })
  | (Telling & {
      readonly ways: 'both';
      /** By our key; undefined when it is not there. */
      readonly find: (key: string) => Promise<string | undefined>;
      readonly look: (externalId: string, key: string, after: string) => Promise<Heard>;
    });

const SUBJECT_MAX = 200;

/** Its subject there: the number first, by which people on both sides call it. */
export const subjectOf = ({ number, subject }: Pick<TicketCopy, 'number' | 'subject'>): string =>
  `[${number}] ${subject}`.replaceAll(/\s+/g, ' ').slice(0, SUBJECT_MAX);

/** The same for a ticket as long as there is one; another server's tickets have others. */
export const keyOf = (serverId: string, ticket: string): string => `fettle:${serverId}/${ticket}`;
export const noteKeyOf = (key: string, note: number): string => `${key}/${note}`;

/** @returns the number of our note that this key is of; undefined: it is none of ours */
export const noteOfKey = (key: string, text: string): number | undefined => {
  const note = text.startsWith(`${key}/`) ? text.slice(key.length + 1) : '';
  return /^\d{1,15}$/.test(note) ? Number(note) : undefined;
};

const FROM = ' (external)';
/** How one from there is called here. Nobody here can be called so: a name has no parentheses. */
export const nameFrom = (by: string): string => `${by.slice(0, 100)}${FROM}`;
const isFromThere = ({ by }: Pick<NoteCopy, 'by'>): boolean => by.endsWith(FROM);

export type ExternalStep =
  | { readonly do: 'comment'; readonly note: number; readonly text: string; readonly isInternal: boolean }
  | { readonly do: 'set state'; readonly state: TicketState };

const isDone = (state: TicketState): boolean => state === 'resolved' || state === 'closed';

/** What is missing there, in its order. What came from there does not go back, and the text of its opening it has already. */
export const stepsOf = (ticket: TicketCopy, notes: readonly NoteCopy[], link: Link): readonly ExternalStep[] => {
  if (link.heardState === 'gone') return [];
  const comments = notes
    .filter((note) => note.id > link.toldNote && note.what !== 'opened' && !isFromThere(note))
    .map(({ id, by, text, isInternal }) => ({ do: 'comment' as const, note: id, text: `${by}: ${text}`, isInternal }));
  return isStateMissing(ticket, link) ? [...comments, { do: 'set state', state: ticket.state }] : comments;
};

/** Only what has changed here since it was last told: a state that people there have chosen since stays theirs. */
const isStateMissing = ({ state }: TicketCopy, { toldState, heardState }: Link): boolean => {
  if (state === toldState) return false;
  return !(isDone(state) && heardState === 'done');
};

/** Does what happened there resolve it here? Only a change there does: what was done before is not done again. */
export const isResolvedThere = (state: TicketState, link: Link, heard: Heard): boolean =>
  heard.state === 'done' && link.heardState !== 'done' && !isDone(state);

const RETRY_MAX_MS = 3_600_000;

/** @param failures one after the other, this one too */
export const waitAfter = (failures: number, firstWaitMs: number): number =>
  Math.min(RETRY_MAX_MS, firstWaitMs * 2 ** Math.min(failures - 1, 20));

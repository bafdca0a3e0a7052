// Everything that changes what is kept, and what may come of it. Plain data: it crosses from the main thread to the writer's.
import type { Presence } from '@fettle/shared/api/device.schema';
import type { FeedEvent } from '@fettle/shared/api/feed.schema';
import type { DeviceClass, Os } from '@fettle/shared/rule/scope';
import type { ByeReason, Run } from '@fettle/shared/wire/agent-message.schema';
import type { SeriesDefinition } from '@fettle/shared/wire/frame';
import type { RecordBody } from '@fettle/shared/wire/record.schema';

import type { Actor, Scope } from './actor.ts';
import type { MaintenanceWindow } from './alert/maintenance.ts';
import type { ExternalEvent } from './external/external.ts';
import type { Outlook } from './forecast/forecast.ts';
import type { Order } from './notice/delivery.ts';
import type { NoticeEvent } from './notice/event.ts';
import type { PeopleEvent } from './people.ts';
import type { RuleChange } from './rules/override.ts';
import type { Calendar } from './sla/calendar.ts';
import type { Terms } from './sla/terms.ts';
import type { TicketAct } from './ticket/decide.ts';
import type { Once } from './ticket/once.ts';
import type { NewTicket } from './ticket/opening.ts';

/** From agents, in the order of their lanes. `device` is the session's, never the message's. */
export type AgentEvent =
  | {
      readonly type: 'record';
      readonly device: string;
      readonly epoch: string;
      readonly seq: number;
      /** Of the message as it came; absent: not known. */
      readonly hash?: string;
      readonly body: RecordBody;
    }
  /** A record that cannot be read: its place is passed, so that those behind it are not held up. */
  | { readonly type: 'pass record'; readonly device: string; readonly epoch: string; readonly seq: number }
  | {
      readonly type: 'hello';
      readonly device: string;
      readonly hostname: string;
      readonly os: Os;
      readonly class: DeviceClass;
      readonly agentVersion: string;
      readonly bootId: string;
      readonly clockOffsetMs: number;
      /** What the agent says of the time before; absent: it is too old. */
      readonly run?: Run;
      /** How it went the last time; absent: nobody noticed that it did. */
      readonly left?: { readonly lastSeenMs: number; readonly goodbye: ByeReason | null; readonly wasHeard: boolean };
    }
  /** A copy of a machine, whose key its original has too, is a device of its own from now on. */
  | {
      readonly type: 'rekey';
      readonly original: string;
      readonly publicKey: string;
      readonly hostname: string;
      readonly os: Os;
      readonly class: DeviceClass;
      readonly agentVersion: string;
    }
  | {
      readonly type: 'enrol';
      readonly tokenHash: string;
      readonly publicKey: string;
      readonly hostname: string;
      readonly os: Os;
      readonly class: DeviceClass;
      readonly agentVersion: string;
      /** Absent: none. */
      readonly tags?: readonly string[];
    };

export type MetricEvent =
  | {
      readonly type: 'series set';
      readonly device: string;
      readonly hash: string;
      readonly series: readonly SeriesDefinition[];
    }
  | {
      readonly type: 'batch';
      readonly device: string;
      readonly epoch: string;
      readonly seq: number;
      readonly t0Ms: number;
      readonly setHash: string;
      /** As received: decodeBlock of @fettle/shared/wire/decode reads it. */
      readonly block: Uint8Array;
    }
  /** In place of the batches `from`..`seq`, which an agent without a server had no room for. */
  | {
      readonly type: 'thinned';
      readonly device: string;
      readonly epoch: string;
      readonly from: number;
      readonly seq: number;
      /** Where its first step begins and its last one ends. */
      readonly t0Ms: number;
      readonly endMs: number;
      readonly setHash: string;
      /** As received: decodeThinnedBlock of @fettle/shared/wire/thinned reads it. */
      readonly block: Uint8Array;
    }
  | {
      readonly type: 'metric gap';
      readonly device: string;
      readonly epoch: string;
      readonly from: number;
      readonly seq: number;
      /** Of the message as it came; absent: not known. */
      readonly hash?: string;
      readonly count: number;
      readonly reason: string;
      readonly atMs: number;
    }
  | {
      readonly type: 'pass batch';
      readonly device: string;
      readonly epoch: string;
      /** Absent: it stands for itself alone. */
      readonly from?: number;
      readonly seq: number;
    }
  | { readonly type: 'expire batches'; readonly beforeMs: number }
  /** Sets of series that no batch from then on uses. */
  | { readonly type: 'expire sets'; readonly beforeMs: number; readonly nowMs: number }
  | { readonly type: 'forget device'; readonly device: string };

export type ServerEvent =
  | {
      readonly type: 'presence';
      readonly device: string;
      readonly presence: Presence;
      readonly lastSeenMs: number;
      readonly goodbye: ByeReason | null;
      readonly isAlerting: boolean;
    }
  /** Changes nothing, but is written: can anything be? */
  | { readonly type: 'prove writing' }
  /** Also puts space by for the day when the disk is full. */
  | { readonly type: 'look for room' }
  /** The files are found to be damaged: from here on nothing is taken, so that agents keep what a restored backup will lack. */
  | { readonly type: 'stop writing'; readonly why: string }
  | { readonly type: 'seen'; readonly devices: readonly { readonly id: string; readonly atMs: number }[] }
  /** Of each volume of a device, or of what it has instead: how much is left, and how long. */
  | { readonly type: 'forecast'; readonly device: string; readonly outlooks: readonly Outlook[] }
  /** Half of everybody went silent at once, and it has lasted; or it is over. */
  | { readonly type: 'self check'; readonly isSuspected: boolean }
  | { readonly type: 'due' };

/** What a person does about an alert. */
export type AlertAct = { readonly actor: Actor; readonly alert: string } & (
  | { readonly type: 'ack alert' }
  | { readonly type: 'snooze alert'; readonly untilMs: number }
  /** Null: nobody any more. */
  | { readonly type: 'assign alert'; readonly assignee: string | null }
  /** Its problem is not to be heard of until then, whether it stands open or comes again. */
  | { readonly type: 'mute alert'; readonly untilMs: number; readonly reason: string }
  | { readonly type: 'unmute alert' }
  /** It is to ask at once after all. */
  | { readonly type: 'unsnooze alert' }
);

/** When nobody is to be told, and what a device is to people. */
export type QuietEvent = { readonly actor: Actor } & (
  | ({ readonly type: 'open window' } & Omit<MaintenanceWindow, 'by'>)
  | { readonly type: 'close window'; readonly window: string }
  | { readonly type: 'tag device'; readonly device: string; readonly tags: readonly string[] }
);

export type PersonEvent =
  | AlertAct
  | QuietEvent
  | {
      readonly type: 'act on ticket';
      readonly actor: Actor;
      readonly ticket: string;
      /** That was looked at; null where it does not matter. */
      readonly version: number | null;
      readonly act: TicketAct;
    }
  | {
      readonly type: 'open ticket';
      readonly actor: Actor;
      readonly tenant: string;
      readonly ticket: NewTicket;
      /** Absent: asked again, it opens another one. */
      readonly once?: Once;
    }
  | {
      readonly type: 'put calendar';
      readonly actor: Actor;
      /** Null: a new one. */
      readonly id: string | null;
      readonly version: number;
      readonly tenant: string;
      readonly name: string;
      readonly calendar: Calendar;
    }
  | {
      readonly type: 'put terms';
      readonly actor: Actor;
      readonly tenant: string;
      /** 0: the standard terms. */
      readonly version: number;
      readonly terms: Terms;
    };

export type AdminEvent =
  | PeopleEvent
  | ExternalEvent
  | {
      readonly type: 'create site';
      readonly actor: Actor;
      readonly tenant: string;
      readonly tenantName: string;
      readonly prefix: string;
      readonly site: string;
      readonly siteName: string;
    }
  | {
      readonly type: 'create enrol token';
      readonly actor: Actor;
      readonly hash: string;
      readonly site: string;
      readonly expiresMs: number;
      readonly maxUses: number;
    }
  | { readonly type: 'remove enrol token'; readonly actor: Actor; readonly id: string }
  | {
      readonly type: 'create login link';
      readonly actor: Actor;
      readonly hash: string;
      readonly expiresMs: number;
      /** Whom it lets in; absent: the owner, who is made by the first one. */
      readonly user?: string;
    }
  | {
      readonly type: 'create api token';
      readonly actor: Actor;
      readonly hash: string;
      readonly name: string;
      readonly expiresMs: number;
      /** Whose it is; absent: the owner's. */
      readonly user?: string;
      /** What it may; absent: as much as its person. */
      readonly scope?: Scope;
    }
  | { readonly type: 'sign in'; readonly linkHash: string; readonly sessionHash: string }
  | { readonly type: 'use session'; readonly sessionHash: string }
  | { readonly type: 'sign out'; readonly sessionHash: string }
  | { readonly type: 'change rules'; readonly actor: Actor; readonly changes: readonly RuleChange[] }
  | { readonly type: 'remove devices'; readonly actor: Actor; readonly tenant: string }
  | { readonly type: 'expire'; readonly eventsBeforeMs: number; readonly sessionsBeforeMs: number };

export type FettleEvent = AgentEvent | ServerEvent | PersonEvent | AdminEvent | NoticeEvent;
export type WriterEvent = FettleEvent | MetricEvent;

export type Outcome =
  /** `watches`: devices that an agent looks after and that came, went or came back. */
  | { readonly is: 'done'; readonly watches?: readonly string[] }
  /** A part of it, so that others need not wait: ask again for the rest. */
  | { readonly is: 'more' }
  /** At or below the mark: it has taken effect before. */
  | { readonly is: 'duplicate' }
  | { readonly is: 'enrolled'; readonly deviceId: string; readonly tenant: string; readonly site: string }
  | { readonly is: 'made'; readonly id: string }
  | { readonly is: 'removed'; readonly devices: readonly string[] }
  /** Messages to be sent now, by whoever asked for them. */
  | { readonly is: 'claimed'; readonly orders: readonly Order[] }
  /** Not possible as asked. The code is stable, the message is for people. */
  | { readonly is: 'refused'; readonly code: string; readonly message: string }
  /** Not while the disk is full: whoever sent it keeps it, and sends it again in a session after. */
  | { readonly is: 'held'; readonly message: string }
  /** Nothing of the group was kept: try again later. */
  | {
      readonly is: 'unavailable';
      readonly message: string;
      /** Where nothing can be written: SQLite's, FILE_GONE or DAMAGED. */ readonly code?: string;
    };

export type Result = { readonly outcome: Outcome; readonly feed: readonly FeedEvent[] };

const METRIC_TYPES: ReadonlySet<WriterEvent['type']> = new Set([
  'series set',
  'batch',
  'thinned',
  'metric gap',
  'pass batch',
  'expire batches',
  'expire sets',
  'forget device',
] satisfies MetricEvent['type'][]);

export const isMetricEvent = (event: WriterEvent): event is MetricEvent => METRIC_TYPES.has(event.type);

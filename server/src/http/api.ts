// What the routes need of the rest of the server.
import type { DeviceView, LatestView } from '@fettle/shared/api/device.schema';
import type { HealthProblem } from '@fettle/shared/api/server-health.schema';
import type { Intervals } from '@fettle/shared/wire/server-message.schema';

import type { Outcome, WriterEvent } from '../domain/event.ts';
import type { Channel } from '../domain/notice/channel.ts';
import type { Attempted } from '../domain/notice/delivery.ts';
import type { RuleBook } from '../domain/rule-book.ts';
import type { RuleShelf } from '../domain/rules/shelf.ts';
import type { Pace } from '../domain/times.ts';
import type { Ask } from '../store/questions.ts';

/** How the server itself is. */
export type SystemHealth = {
  /** Empty when all is well. */
  readonly problems: () => readonly HealthProblem[];
  /** What is damaged, in words. */
  readonly damage: readonly string[];
  readonly backup: {
    readonly atMs: number;
    readonly kind: 'hourly' | 'daily' | 'manual';
    readonly path: string | null;
    readonly problems: readonly string[];
  } | null;
};

export type Api = {
  readonly ask: Ask;
  readonly commit: (event: WriterEvent) => Promise<Outcome>;
  readonly nowMs: () => number;
  readonly book: RuleBook;
  /** What a device is judged by: rules of its own too, in their own words. */
  readonly bookFor: (device: string) => RuleBook;
  readonly shelf: () => RuleShelf;
  readonly intervals: () => Intervals;
  readonly version: string;
  readonly isHurry: boolean;
  /** Of what is promised to tenants. */
  readonly pace: Pace;
  readonly isSecure: boolean;
  /** "name:port" that requests may be for, and the origins that our pages have. */
  readonly hosts: () => ReadonlySet<string>;
  readonly origins: () => ReadonlySet<string>;
  /** From memory: the newest of a device. */
  readonly latestOf: (device: string) => LatestView;
  readonly readingsOf: (device: string) => DeviceView['readings'];
  readonly lastSeenMs: (device: string) => number | undefined;
  /** In memory, too. */
  readonly tagged: (device: string, tags: readonly string[]) => void;
  readonly health: SystemHealth;
  /** Sends a message that says it is a test, now. */
  readonly testChannel: (channel: Channel) => Promise<Attempted>;
};

// What the routes need of the rest of the server.
import type { DeviceView, LatestView } from '@fettle/shared/api/device.schema';
import type { HealthProblem } from '@fettle/shared/api/server-health.schema';

import type { Outcome, WriterEvent } from '../domain/event.ts';
import type { RuleBook } from '../domain/rule-book.ts';
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
  readonly version: string;
  readonly isHurry: boolean;
  readonly isSecure: boolean;
  /** "name:port" that requests may be for, and the origins that our pages have. */
  readonly hosts: () => ReadonlySet<string>;
  readonly origins: () => ReadonlySet<string>;
  /** From memory: the newest of a device. */
  readonly latestOf: (device: string) => LatestView;
  readonly readingsOf: (device: string) => DeviceView['readings'];
  readonly lastSeenMs: (device: string) => number | undefined;
  readonly health: SystemHealth;
};

// What the agent says of itself: what happens, as it happens, and how it stands.
import type { Transition } from '@fettle/shared/alert/alert';
import type { CapabilityReport } from '@fettle/shared/wire/record.schema';

import type { Link, LinkLog } from './link/link.ts';
import type { Pipeline } from './pipeline.ts';
import type { LaneCounts } from './spool/spool.ts';

export type AgentLog =
  | LinkLog
  | { readonly event: 'failed' | 'copy' | 'poison' | 'clock' | 'rhythm' | 'rules'; readonly detail: string }
  | { readonly event: 'alert'; readonly transition: Transition };

export type AgentStatus = {
  readonly atMs: number;
  readonly link: Link['status'];
  readonly ruleSet: string;
  /** Rules of it that this version cannot judge. */
  readonly leftOut: Pipeline['leftOut'];
  readonly lanes: { readonly alerts: LaneCounts; readonly metrics: LaneCounts };
  readonly openAlerts: readonly { readonly rule: string; readonly instance: string; readonly severity: string }[];
  readonly dropped: { readonly instances: number; readonly readings: number };
  readonly failures: number;
  /** What each collector can read, and what it has cost since the start. */
  readonly collectors: CapabilityReport['collectors'];
};

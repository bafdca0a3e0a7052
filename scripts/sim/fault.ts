// One thing that goes wrong, at one moment.
import type { Machine } from './machine.ts';
import type { Site } from './site.ts';

export type Fault = (at: {
  readonly site: Site;
  readonly machine: Machine;
  /** What about it is worth knowing, for people. */
  readonly tell: (detail: string) => void;
}) => void;

export type Faults = Readonly<Record<string, Fault>>;

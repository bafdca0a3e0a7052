// One package to be made, and what making it is given.
import type { Bundle } from './agent-tree.ts';
import type { Target } from './targets.ts';
import type { Tool } from './tools.ts';
import type { Entry } from './tree.ts';

export type Context = {
  readonly version: string;
  /** The one time that everything made has: seconds since 1970. */
  readonly epochS: number;
  /** Empty at first, and this job's alone. */
  readonly work: string;
  /** The folder of artefacts. */
  readonly out: string;
  readonly bundle: Bundle;
  /** The files of an installation, relative to its folder (agent-tree.ts). */
  readonly agent: (target: Target) => Promise<readonly Entry[]>;
};

export type Job = {
  /** `npm run package -- NAME` makes it alone. */
  readonly name: string;
  /** Undefined: for all systems. */
  readonly target: Target | undefined;
  readonly needs: readonly Tool[];
  /** @returns the artefact, a file in `out`; its name starts with "fettle-" */
  readonly make: (context: Context) => Promise<string>;
};

/** As it is told to people. */
export const nameOf = ({ name, target }: Job): string => (target ? `${name} ${target.name}` : name);

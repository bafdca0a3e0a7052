// What comes in to be judged.
import type { Attributes } from '@fettle/shared/metric/sample';

export type Reading = { readonly metric: string; readonly attributes: Attributes; readonly integer: number };

/** What a collector gave, or why it gave nothing. */
export type Observation = {
  /** The collector's id: what one does not see may be another's. */
  readonly source: string;
  readonly provides: readonly string[];
  readonly everyMs: number;
  readonly measured: readonly Reading[];
  readonly failed?: { readonly detail: string };
  /** Something is missing that may still be there: nothing counts as gone. */
  readonly isPartial: boolean;
};

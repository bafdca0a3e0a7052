// Who is new among the administrators since the first reading.
import { DAY_MS } from '@fettle/shared/time';

/** When each was last seen, by name. */
export type Baseline = Readonly<Record<string, number>>;

/** A directory that does not answer for a while makes nobody new. */
const FORGET_AFTER_MS = DAY_MS;

/** @param baseline undefined before the first reading: then nobody is new */
export const compareAdmins = (
  names: readonly string[],
  baseline: Baseline | undefined,
  nowMs: number,
): { readonly added: ReadonlySet<string>; readonly baseline: Baseline } => {
  const known = new Map(Object.entries(baseline ?? {}));
  const added = new Set(baseline === undefined ? [] : names.filter((name) => !known.has(name)));
  // a clock that was set back must not keep them for ever
  const kept = [...known].filter(([, seenMs]) => Math.abs(nowMs - seenMs) < FORGET_AFTER_MS);
  return { added, baseline: Object.fromEntries([...kept, ...names.map((name) => [name, nowMs] as const)]) };
};

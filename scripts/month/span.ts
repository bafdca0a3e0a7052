// Stretches of time of the simulated month: from the first ms up to, not including, the last.

export type Span = { readonly fromMs: number; readonly toMs: number };

export const overlaps = (one: Span, other: Span): boolean => one.fromMs < other.toMs && other.fromMs < one.toMs;

export const holds = ({ fromMs, toMs }: Span, atMs: number): boolean => fromMs <= atMs && atMs < toMs;

/** What is left of a stretch when the holes are taken out of it. @param holes in any order, overlapping or not */
export const without = <S extends Span>(whole: S, holes: readonly Span[]): readonly S[] => {
  let left: readonly S[] = [whole];
  for (const hole of holes) {
    if (!overlaps(whole, hole)) continue;
    left = left.flatMap((span) => {
      if (!overlaps(span, hole)) return [span];
      const before = { ...span, toMs: hole.fromMs };
      const after = { ...span, fromMs: hole.toMs };
      return [before, after].filter(({ fromMs, toMs }) => fromMs < toMs);
    });
  }
  return left;
};

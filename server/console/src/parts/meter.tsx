import { formatPercent } from '@fettle/shared/words/format';

type Props = {
  readonly ratio: number | null;
  /** From where on it is drawn as a warning, and as critical. */
  readonly levels?: readonly [warning: number, critical: number];
};

const toneOf = (ratio: number, [warning, critical]: readonly [number, number]): string => {
  if (ratio >= critical) return 'bg-critical';
  return ratio >= warning ? 'bg-warning' : 'bg-accent';
};

/** A share as a number with a small bar beside it. */
export const Meter = ({ ratio, levels = [2, 2] }: Props) => {
  if (ratio === null) return <span className="text-muted">–</span>;
  return (
    <span className="inline-flex items-center align-middle gap-2">
      <span className="md:w-10 md:text-right">{formatPercent(ratio)}</span>
      <span aria-hidden className="h-1.5 w-10 md:w-14 overflow-hidden rounded-full bg-raised">
        <span
          className={`block h-full rounded-full ${toneOf(ratio, levels)}`}
          style={{ width: `${Math.min(100, ratio * 100)}%` }}
        />
      </span>
    </span>
  );
};

import type { ReactNode } from 'react';

/** The router's own mark of the current link may not call another choice current than the chosen one. */
const EXACT = { exact: true, explicitUndefined: true } as const;

type ChoiceProps = {
  readonly className: string;
  readonly 'aria-current': boolean;
  readonly activeOptions: typeof EXACT;
};

type ChoicesProps<T> = {
  readonly label: string;
  readonly options: readonly (readonly [word: string, value: T])[];
  readonly chosen: T;
  /** The link that chooses a value; it comes from the page, which knows its route. */
  readonly link: (value: T, props: ChoiceProps, word: string) => ReactNode;
};

const CHOICE = 'rounded px-2.5 py-0.5 whitespace-nowrap';

/** A row of links of which one is chosen. */
export const Choices = <T,>({ label, options, chosen, link }: ChoicesProps<T>) => (
  <div role="group" aria-label={label} className="inline-flex rounded-md border border-line bg-surface p-0.5">
    {options.map(([word, value]) => {
      const isChosen = value === chosen;
      const tone = isChosen ? 'bg-raised font-medium text-ink' : 'text-muted hover:text-ink';
      const className = `${CHOICE} ${tone}`;
      return link(value, { className, 'aria-current': isChosen, activeOptions: EXACT }, word);
    })}
  </div>
);

type HeadProps = { readonly title: string; readonly count: string; readonly children?: ReactNode };

/** Heading of a list with its filters. */
export const ListHead = ({ title, count, children }: HeadProps) => (
  <div className="mb-3 flex flex-wrap items-center gap-x-3 gap-y-2">
    <h1 className="text-lg font-semibold">{title}</h1>
    <p className="text-muted">{count}</p>
    <div className="flex grow flex-wrap items-center gap-2 sm:justify-end">{children}</div>
  </div>
);

/** How many rows a list shows; nothing while it is not known. */
export const countText = (isKnown: boolean, count: number, hasMore: boolean): string => {
  if (!isKnown) return '';
  return hasMore ? `${count}+` : String(count);
};

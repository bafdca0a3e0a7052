import type { ReactNode } from 'react';

type Props = { readonly title?: string; readonly aside?: ReactNode; readonly children: ReactNode };

/** A box of the page, with a heading of its own where it has one. */
export const Panel = ({ title, aside, children }: Props) => (
  <section className="min-w-0 rounded-lg border border-line bg-surface">
    {title === undefined ? null : (
      <header className="flex min-h-10 flex-wrap items-center justify-between gap-x-4 border-b border-line px-3 py-1.5">
        <h2 className="font-semibold">{title}</h2>
        {aside}
      </header>
    )}
    {children}
  </section>
);

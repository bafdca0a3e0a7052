// What a page shows instead of its content: not here yet, nothing to show, failed.
import { CircleX, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

import { explain } from '../api.ts';
import { Button } from './button.tsx';

/** Grey lines in place of rows; only after 150 ms, so that a fast answer does not flicker. */
export const Waiting = ({ rows = 6 }: { readonly rows?: number }) => (
  <div role="status" className="animate-late p-3">
    <span className="sr-only">Loading</span>
    {Array.from({ length: rows }, (_, row) => (
      <div key={row} aria-hidden className="my-2.5 h-4 rounded bg-raised even:w-11/12" />
    ))}
  </div>
);

type EmptyProps = { readonly icon: LucideIcon; readonly title: string; readonly children?: ReactNode };

/** Nothing to show, and what to do next. */
export const Empty = ({ icon: Icon, title, children }: EmptyProps) => (
  <div className="flex flex-col items-center gap-2 px-4 py-12 text-center">
    <Icon size={28} strokeWidth={1.5} aria-hidden className="text-muted" />
    <p className="text-base font-semibold">{title}</p>
    <div className="max-w-prose text-muted">{children}</div>
  </div>
);

type FailureProps = { readonly error: unknown; readonly onRetry: () => void };

export const Failure = ({ error, onRetry }: FailureProps) => (
  <div role="alert" className="flex flex-col items-center gap-3 px-4 py-12 text-center">
    <CircleX size={28} strokeWidth={1.5} aria-hidden className="text-critical" />
    <p className="max-w-prose">{explain(error)}</p>
    <Button onClick={onRetry}>Try again</Button>
  </div>
);

import { useState } from 'react';

import { Panel } from './panel.tsx';
import { StepText } from './step-text.tsx';

const keyOf = (ticket: string): string => `fettle.steps.${ticket}`;

/** Ticked steps are this tab's own notes: they are not sent anywhere. */
const readTicked = (ticket: string): readonly number[] =>
  (sessionStorage.getItem(keyOf(ticket)) ?? '').split(',').filter(Boolean).map(Number);

type Props = { readonly ticket: string; readonly steps: readonly string[] };

export const StepChecklist = ({ ticket, steps }: Props) => {
  const [ticked, setTicked] = useState(() => readTicked(ticket));
  const toggle = (step: number): void => {
    const next = ticked.includes(step) ? ticked.filter((entry) => entry !== step) : [...ticked, step];
    sessionStorage.setItem(keyOf(ticket), next.join(','));
    setTicked(next);
  };
  if (steps.length === 0) return null;
  const aside = (
    <span className="text-xs text-muted">
      {ticked.length} of {steps.length} done, noted in this tab only
    </span>
  );
  return (
    <Panel title="Steps" aside={aside}>
      <ul className="px-3 py-1.5">
        {steps.map((step, at) => (
          <li key={at}>
            <label className="flex gap-2.5 py-1">
              <input
                type="checkbox"
                className="mt-0.5 size-4 shrink-0 accent-accent"
                checked={ticked.includes(at)}
                onChange={() => toggle(at)}
              />
              <span className={`foreign max-w-prose ${ticked.includes(at) ? 'text-muted line-through' : ''}`}>
                <StepText text={step} />
              </span>
            </label>
          </li>
        ))}
      </ul>
    </Panel>
  );
};

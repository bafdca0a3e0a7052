// What can be reached from every row of alerts: which are selected, and the drawer that tells more and does more.
import { createContext, useContext } from 'react';

import type { FormName } from '../alert-choices.ts';

export type AlertWork = {
  readonly selected: ReadonlySet<string>;
  readonly select: (ids: readonly string[], isOn: boolean) => void;
  /** Opens the drawer about these, with a form where one is named. */
  readonly open: (ids: readonly string[], form?: FormName) => void;
};

export const AlertWorkContext = createContext<AlertWork | null>(null);

export const useAlertWork = (): AlertWork => {
  const work = useContext(AlertWorkContext);
  if (work === null) throw new Error('A row of alerts that stands outside of the work on them.');
  return work;
};

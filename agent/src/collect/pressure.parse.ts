// /proc/pressure/*: for how long some or all tasks stood still. Layout: Documentation/accounting/psi.rst of the kernel.

const TOTALS = { some: /^some .*total=(\d{1,20})$/m, full: /^full .*total=(\d{1,20})$/m } as const;

/** Microseconds stalled since boot. @throws SyntaxError when the line is not there */
export const parseStalledUs = (text: string, kind: keyof typeof TOTALS): number => {
  const found = TOTALS[kind].exec(text)?.[1];
  if (found === undefined) throw new SyntaxError(`no total of "${kind}" in ${JSON.stringify(text.slice(0, 80))}`);
  return Number(found);
};

// /proc/pressure/*: for how long some or all tasks stood still. Layout: Documentation/accounting/psi.rst of the kernel.

/** Microseconds stalled since boot. @throws SyntaxError when the line is not there */
export const parseStalledUs = (text: string, kind: 'some' | 'full'): number => {
  const found = new RegExp(`^${kind} .*total=(\\d{1,20})$`, 'm').exec(text)?.[1];
  if (found === undefined) throw new SyntaxError(`no total of "${kind}" in ${JSON.stringify(text.slice(0, 80))}`);
  return Number(found);
};

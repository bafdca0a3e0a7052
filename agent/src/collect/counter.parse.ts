// What most files of /proc are made of: counters in decimal digits, divided by spaces.

/** As many digits as 64 bits can have. */
const COUNTER = /^\d{1,20}$/;

/** All of them, or undefined when one is no counter: half a line would be somebody else's numbers. */
export const parseCounters = (text: string): readonly number[] | undefined => {
  const fields = text.trim().split(/\s+/);
  return fields.every((field) => COUNTER.test(field)) ? fields.map(Number) : undefined;
};

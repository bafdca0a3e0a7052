const DECIMAL = /^[+-]?\d{1,15}(?:\.\d{1,12})?$/;

/** A number as programs write it: digits, perhaps a sign and a fraction; undefined for anything else. */
export const decimal = (text: string | undefined): number | undefined =>
  text !== undefined && DECIMAL.test(text) ? Number(text) : undefined;

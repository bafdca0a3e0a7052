// Values as D-Bus writes them: aligned, little or big end first, shaped by a signature.
// The format is that of the "D-Bus Specification", sections "Type System" and "Marshaling (Wire Format)".
import { HostError } from '../host.ts';

/** Opens containers within one another: 32 arrays and 32 structures (section "Valid Signatures"), variants among them. */
export const DEPTH_MAX = 64;

/** Bytes that one value of each type begins at a multiple of. */
export const ALIGNMENT: Readonly<Record<string, number>> = {
  y: 1,
  b: 4,
  n: 2,
  q: 2,
  i: 4,
  u: 4,
  x: 8,
  t: 8,
  d: 8,
  s: 4,
  o: 4,
  g: 1,
  h: 4,
  a: 4,
  v: 1,
  '(': 8,
  '{': 8,
};

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '{': '}' };

/** @returns where the complete type that begins at `start` ends. @throws HostError `parse_error` */
export const endOfType = (signature: string, start: number, depth = 0): number => {
  const code = signature[start] ?? '';
  if (depth > DEPTH_MAX || ALIGNMENT[code] === undefined) throw malformed(`no type "${signature.slice(0, 40)}"`);
  if (code === 'a') return endOfType(signature, start + 1, depth + 1);
  const closing = CLOSING[code];
  if (closing === undefined) return start + 1;
  let at = start + 1;
  if (signature[at] === closing) throw malformed('a structure without fields');
  while (signature[at] !== closing) at = endOfType(signature, at, depth + 1);
  return at + 1;
};

export const aligned = (offset: number, to: number): number => Math.ceil(offset / to) * to;

export const malformed = (what: string): HostError => new HostError('parse_error', `D-Bus: ${what}`);

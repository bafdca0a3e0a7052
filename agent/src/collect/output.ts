// What a program answered.
import { HostError } from '../host/host.ts';

/** @param parsed undefined where it was not understood. @throws HostError */
export const understood = <T>(program: string, parsed: T | undefined): T => {
  if (parsed === undefined) throw new HostError('parse_error', `${program} did not answer as expected`);
  return parsed;
};

/** Of what it wrote on stderr: the rest repeats or explains. */
export const firstLine = (text: string): string => text.trim().split('\n', 1)[0] ?? '';

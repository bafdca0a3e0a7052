// One reading of every sensor and fan. A file that fails costs only itself; a chip that hangs costs only its own.
import { type Host, HostError } from '../../host/host.ts';
import { isGone, reasonOf } from '../collector.ts';
import { kernelText } from '../kernel-files.ts';
import { parseRpm, parseTemperature } from './hwmon.parse.ts';
import type { Part } from './part.ts';

export type Value = {
  readonly part: Part;
  /** °C or revolutions per minute; undefined when there is none to be had. */
  readonly value?: number;
  /** Why there is none; absent while the device sleeps. */
  readonly why?: { readonly detail: string; readonly isTimeout: boolean };
};

/** Registers of the processor itself, read at once: nothing there can hang, and many cores have many sensors. */
const AT_ONCE = /^(?:coretemp|k10temp|zenpower\d?)$/;
const SHOWN_MAX = 20;

/** `isChanged`: a file is gone, so the chips are others than before. */
export const readParts = async (host: Host, parts: readonly Part[]) => {
  const values: Value[] = [];
  const hung = new Set<string>();
  let isChanged = false;
  for (const part of parts) {
    if (isAsleep(host, part)) {
      values.push({ part });
      continue;
    }
    try {
      if (hung.has(part.chipId)) throw new HostError('timeout', 'its chip does not answer');
      const text = AT_ONCE.test(part.chip) ? host.readKernel(part.path) : await host.readSensor(part.path);
      values.push(valueOf(part, text));
    } catch (error) {
      const isTimeout = error instanceof HostError && error.code === 'timeout';
      if (isTimeout) hung.add(part.chipId);
      isChanged ||= isGone(error);
      values.push({ part, why: { detail: reasonOf(error).detail, isTimeout } });
    }
  }
  return { values, isChanged };
};

const valueOf = (part: Part, text: string): Value => {
  const value = part.kind === 'fan' ? parseRpm(text) : parseTemperature(text);
  if (value !== undefined) return { part, value };
  const what = part.kind === 'fan' ? 'speed' : 'temperature';
  return { part, why: { detail: `"${text.trim().slice(0, SHOWN_MAX)}" is no ${what}`, isTimeout: false } };
};

/** A graphics card that is switched off to save power: older drivers switch it on to answer. */
const isAsleep = (host: Host, { powerPath }: Part): boolean =>
  powerPath !== undefined && kernelText(host, powerPath) === 'suspended';

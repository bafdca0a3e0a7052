// Temperatures and fans, as the kernel's drivers have them.
import { linux } from '@fettle/shared/metric/read-by-linux';
import type { Sample } from '@fettle/shared/metric/sample';
import { HOUR_MS } from '@fettle/shared/time';

import { type Collector, UnavailableError, available } from '../collector.ts';
import { whyNone } from './absent.ts';
import { FAN, Fans } from './fans.ts';
import { findParts } from './find.ts';
import { isHot } from './heat.ts';
import type { Part } from './part.ts';
import { type Value, readParts } from './read.ts';
import { Told } from './told.ts';

const LOOK_AGAIN_MS = HOUR_MS;

export const sensors = (): Collector => {
  let state: State | undefined;
  /** What the probe found, for the reading that follows it. */
  let found: readonly Part[] | undefined;
  return {
    id: 'sensors',
    ...linux.sensors,
    timeoutMs: 20_000,
    probe: async (host) => {
      found = await findParts(host);
      return found.length === 0 ? { ok: false, reason: whyNone(host) } : available('/sys/class/hwmon');
    },
    collect: async (host, { monoMs }) => {
      if (!state || monoMs >= state.dueMs) {
        const parts = found ?? (await findParts(host));
        if (parts.length === 0) throw new UnavailableError(whyNone(host));
        state = { parts, fans: state?.fans ?? new Fans(host), told: new Told(), dueMs: monoMs + LOOK_AGAIN_MS };
      }
      found = undefined;
      const { values, isChanged } = await readParts(host, state.parts);
      if (isChanged) state.dueMs = monoMs;
      const samples = [...temperatures(values), ...fans(values, state.fans)];
      state.fans.save();
      return { samples, ...state.told.tell(values) };
    },
  };
};

type State = { readonly parts: readonly Part[]; readonly fans: Fans; readonly told: Told; dueMs: number };

const attributesOf = ({ id, name }: Part) => ({ 'hw.id': id, 'hw.name': name });

const temperatures = (values: readonly Value[]): readonly Sample[] =>
  values.flatMap(({ part, value }): readonly Sample[] => {
    if (part.kind !== 'temperature' || value === undefined) return [];
    const attributes = { ...attributesOf(part), 'hw.sensor_location': part.location };
    const temperature: Sample = { metric: 'hw.temperature', attributes, value };
    // a disk's limits are judged more slowly, by its own collector
    if (!part.limit || part.location === 'disk') return [temperature];
    return [temperature, { metric: 'fettle.temperature.headroom', attributes, value: part.limit.celsius - value }];
  });

const fans = (values: readonly Value[], memory: Fans): readonly Sample[] =>
  values.flatMap(({ part, value }): readonly Sample[] => {
    if (part.kind !== 'fan' || value === undefined) return [];
    const attributes = attributesOf(part);
    const state = memory.stateOf(part.id, value, isHot(part, values));
    return [
      { metric: 'hw.fan.speed', attributes, value },
      { metric: 'fettle.fan.state', attributes, value: FAN[state] },
    ];
  });

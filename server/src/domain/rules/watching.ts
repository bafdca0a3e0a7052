// On which devices a rule sees nothing, and why: their agents cannot read what it looks at.
import { sourceOf } from '@fettle/shared/metric/read-by';
import { type Rule, inScope } from '@fettle/shared/rule/rule';
import type { CapabilityReport } from '@fettle/shared/wire/record.schema';

import type { Device } from '../device.ts';

type Able = { readonly device: string; readonly collectors: CapabilityReport['collectors'] };

export type Watching = {
  readonly devices: number;
  readonly notWatching: readonly { readonly why: string; readonly fix: string | null; readonly devices: number }[];
};

const REASONS_MAX = 20;

/** @param ruleOn the rule as it is for a device; undefined where it is not judged */
export const watchingOf = (
  devices: readonly Device[],
  able: readonly Able[],
  ruleOn: (device: Device) => Rule | undefined,
): Watching => {
  const collectors = new Map(able.map((one) => [one.device, one.collectors]));
  const concerned = devices.flatMap((device) => {
    const { os } = device;
    const rule = os === 'unknown' ? undefined : ruleOn(device);
    return rule && os !== 'unknown' && inScope(rule, { os, class: device.class }) ? [{ device, rule }] : [];
  });
  const blind = concerned.flatMap(({ device, rule }) => {
    if (rule.kind === 'absence') return [];
    const id = sourceOf(rule.signal.metric);
    const found = collectors.get(device.id)?.find((collector) => collector.id === id);
    return found && !found.ok ? [found.reason] : [];
  });
  const byReason = Map.groupBy(blind, ({ code, detail }) => `${code} ${detail}`);
  const notWatching = [...byReason.values()]
    .map((all) => ({ why: all[0]?.detail ?? '', fix: all[0]?.fix ?? null, devices: all.length }))
    .toSorted((one, other) => other.devices - one.devices);
  return { devices: concerned.length, notWatching: notWatching.slice(0, REASONS_MAX) };
};

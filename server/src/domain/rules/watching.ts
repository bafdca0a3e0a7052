// On which devices a rule sees nothing, and why: their agents cannot read what it looks at.
import { sourceOf } from '@fettle/shared/metric/read-by';
import { type Rule, inScope } from '@fettle/shared/rule/rule';
import type { Os } from '@fettle/shared/rule/scope';
import type { CapabilityReport, Reason } from '@fettle/shared/wire/record.schema';

import type { Device } from '../device.ts';

type Able = { readonly device: string; readonly collectors: CapabilityReport['collectors'] };

export type Watching = {
  readonly devices: number;
  readonly notWatching: readonly { readonly why: string; readonly fix: string | null; readonly devices: number }[];
};

const REASONS_MAX = 20;
const SYSTEM = { linux: 'Linux', macos: 'macOS', windows: 'Windows' } as const;

const isOfAnotherSystem = (os: Os, metric: string): boolean =>
  sourceOf(os, metric) === undefined && sourceOf('linux', metric) !== undefined;

const notReadOn = (os: Os, metric: string): Reason => ({
  code: 'not_on_this_os',
  detail: `${metric} is not read on ${SYSTEM[os]}`,
});

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
    return rule && os !== 'unknown' && inScope(rule, { os, class: device.class }) ? [{ device, os, rule }] : [];
  });
  const blind = concerned.flatMap(({ device, os, rule }) => {
    if (rule.kind === 'absence') return [];
    const { metric } = rule.signal;
    const id = sourceOf(os, metric) ?? sourceOf('linux', metric);
    const found = collectors.get(device.id)?.find((collector) => collector.id === id);
    if (found && !found.ok) return [found.reason];
    return collectors.has(device.id) && isOfAnotherSystem(os, metric) ? [notReadOn(os, metric)] : [];
  });
  const byReason = Map.groupBy(blind, ({ code, detail }) => `${code} ${detail}`);
  const notWatching = [...byReason.values()]
    .map((all) => ({ why: all[0]?.detail ?? '', fix: all[0]?.fix ?? null, devices: all.length }))
    .toSorted((one, other) => other.devices - one.devices);
  return { devices: concerned.length, notWatching: notWatching.slice(0, REASONS_MAX) };
};

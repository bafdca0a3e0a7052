// From what is read of a thing to the rows that its rules judge.
import { judgedRules } from '@fettle/agent/rules/judged-rules';
import { quantise } from '@fettle/shared/metric/sample';
import type { CompiledRule } from '@fettle/shared/rule/compile';
import { pack } from '@fettle/shared/rule/pack';
import { inScope, instanceOf } from '@fettle/shared/rule/rule';
import type { Device } from '@fettle/shared/rule/scope';
import { MISSING } from '@fettle/shared/rule/window';

import { type Readings, type Thing, kinds } from './readings.ts';

/** As the agent compiles them, once for each sort of device. */
const compiled = new Map<string, readonly CompiledRule[]>();

const rulesFor = (device: Device): readonly CompiledRule[] => {
  const sort = `${device.os} ${device.class}`;
  const known = compiled.get(sort);
  if (known) return known;
  const { rules } = judgedRules(
    pack.filter((rule) => inScope(rule, device)),
    device,
  );
  compiled.set(sort, rules);
  return rules;
};

/** The rules that look at a thing of a device. */
export const rulesOn = (device: Device, { kind, instance }: Thing): readonly CompiledRule[] => {
  const { healthy, ...rest } = kinds[kind];
  const by = 'by' in rest ? rest.by : undefined;
  const attributes = by === undefined ? {} : { [by]: instance };
  return rulesFor(device).filter(
    ({ rule }) =>
      rule.signal.by === by &&
      Object.hasOwn(healthy, rule.signal.metric) &&
      instanceOf(rule.signal, attributes) !== undefined,
  );
};

/** In the catalogue's integers, in the order of the rule's columns. @param readings what is other than in health */
export const rowOf = ({ metrics }: CompiledRule, { kind }: Thing, readings: Readings = {}): readonly number[] => {
  const healthy: Readings = kinds[kind].healthy;
  return metrics.map((metric) => {
    const value = readings[metric] ?? healthy[metric];
    return value === undefined ? MISSING : (quantise(metric, value) ?? MISSING);
  });
};

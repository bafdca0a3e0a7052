// What a reading has for a rule to judge.
import type { CompiledRule } from '@fettle/shared/rule/compile';
import { instanceOf } from '@fettle/shared/rule/rule';

import type { Observation } from './observation.ts';

/** What makes it look: a change is one in any of its metrics, other rules wait for their signal. */
export const signalsOf = ({ rule, metrics }: CompiledRule): readonly string[] =>
  rule.kind === 'change' ? metrics : [rule.signal.metric];

/** What there is to judge in a reading. Of events only what happened: an instance without any is nothing to remember. */
export const instancesOf = (rule: CompiledRule, { measured }: Observation): ReadonlySet<string> => {
  const signals = signalsOf(rule);
  const instances = new Set<string>();
  for (const { metric, attributes, integer } of measured) {
    if (!signals.includes(metric) || (rule.rule.kind === 'event' && integer <= 0)) continue;
    const instance = instanceOf(rule.rule.signal, attributes);
    if (instance !== undefined) instances.add(instance);
  }
  return instances;
};

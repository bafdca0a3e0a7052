// The rules that the agent can judge. One that names what this version does not know (the server is newer) is left out, and told: the others must not suffer.
import { type CompiledRule, compileRule } from '@fettle/shared/rule/compile';
import { type Rule, isJudged } from '@fettle/shared/rule/rule';
import type { Device } from '@fettle/shared/rule/scope';

export type LeftOut = { readonly rule: string; readonly why: string };

type Judged = { readonly rules: readonly CompiledRule[]; readonly leftOut: readonly LeftOut[] };

export const judgedRules = (rules: readonly Rule[], device: Device): Judged => {
  const compiled: CompiledRule[] = [];
  const leftOut: LeftOut[] = [];
  for (const rule of rules.filter(isJudged)) {
    try {
      compiled.push(compileRule(rule, device.class));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      leftOut.push({ rule: rule.id, why: error.message });
    }
  }
  return { rules: compiled, leftOut };
};

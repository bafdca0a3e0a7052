// The rules that the agent can judge. One that names what this version does not know (the server is newer) is left out: the others must not suffer.
import { type CompiledRule, compileRule } from '@fettle/shared/rule/compile';
import { isJudged } from '@fettle/shared/rule/pack';
import type { Rule } from '@fettle/shared/rule/rule';
import type { Device } from '@fettle/shared/rule/scope';

export const judgedRules = (rules: readonly Rule[], device: Device): readonly CompiledRule[] =>
  rules.filter(isJudged).flatMap((rule) => {
    try {
      return [compileRule(rule, device.class)];
    } catch (error) {
      if (error instanceof RangeError) return [];
      throw error;
    }
  });

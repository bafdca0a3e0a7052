// The look before a change of a rule is made: would it have fired on everybody in the last day?
import { type JudgedRule, isJudged } from '@fettle/shared/rule/rule';

import type { RuleChange, Standing } from './override.ts';
import type { RuleShelf } from './shelf.ts';

/** Whose readings are looked at: all of the tenant, or less. */
export type Where = {
  readonly tenant: string;
  readonly site?: string;
  readonly tag?: string;
};
export type Glance = { readonly rule: JudgedRule; readonly where: Where };

/** So many devices, spread over the sites, say enough of a fleet. */
export const SAMPLE_MAX = 300;
/** So many devices at once, and half of those looked at, are the whole fleet. */
const MANY = 5;

/** undefined where it cannot fire on many: what is of one device, switched off, taken back, or judged by the server. */
export const glanceAt = (after: RuleShelf, change: RuleChange, standing: Standing): Glance | undefined => {
  const { tenant, level, place, document } = change;
  const found = after.effective(change.rule, standing);
  if (document === null || level === 'device' || found.isDisabled || !found.rule || !isJudged(found.rule))
    return undefined;
  return { rule: found.rule, where: { tenant, ...(level !== 'tenant' && { [level]: place }) } };
};

type Looked = {
  readonly a: { readonly devices: number };
  /** That the rule is for, of those the sample, and of that what there was time for. */
  readonly devices: number;
  readonly sampled: number;
  readonly lookedAt: number;
};

/** @returns what to say, or undefined where all is well */
export const warningOf = (id: string, { a, devices, sampled, lookedAt }: Looked): string | undefined => {
  if (a.devices < MANY || a.devices * 2 < lookedAt) return undefined;
  const of = [
    lookedAt < devices ? `${lookedAt} of ${grouped(devices)} devices` : `${devices} devices`,
    sampled < devices && `a sample of ${sampled}`,
    lookedAt < sampled && 'there was no time for more',
  ].filter((part) => part !== false);
  return `In the last day ${id} would have fired on ${a.devices} of ${of.join(', ')}.`;
};

/** 6,000 */
const grouped = (count: number): string => count.toLocaleString('en-US');

export const CONFIRM = 'Send it again with confirm=true if that is meant.';

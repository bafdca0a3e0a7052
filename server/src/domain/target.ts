// Things without an agent, as devices of their own: which readings are theirs, what their alerts are called, are they there?
import type { LatestView, Presence } from '@fettle/shared/api/device.schema';
import { CHECK_NAME, openCheckName } from '@fettle/shared/metric/check-name';
import type { Attributes } from '@fettle/shared/metric/sample';
import type { Rule } from '@fettle/shared/rule/rule';

/** Rules whose instances are checks: what they tell is about the target. */
export const isAboutTargets = (rule: Rule | undefined): boolean =>
  rule !== undefined && 'signal' in rule && rule.signal.by === CHECK_NAME;

/** Whose readings are wanted: those of the device itself, or those of one of its targets. */
export type Subject = { readonly target: string } | 'itself';

/** @returns the attributes as the subject has them; undefined for a series of somebody else */
export const attributesFor = (subject: Subject, attributes: Attributes): Attributes | undefined => {
  const name = attributes[CHECK_NAME];
  const check = name === undefined ? undefined : openCheckName(name);
  if (subject === 'itself') return check ? undefined : attributes;
  return check?.target === subject.target ? { ...attributes, [CHECK_NAME]: check.what } : undefined;
};

export const viewFor = (subject: Subject, view: LatestView): LatestView =>
  Object.fromEntries(
    Object.entries(view).flatMap(([metric, readings]) => {
      const theirs = readings.flatMap((reading) => {
        const attributes = attributesFor(subject, reading.attributes);
        return attributes ? [{ ...reading, attributes: { ...attributes } }] : [];
      });
      return theirs.length === 0 ? [] : [[metric, theirs] as const];
    }),
  );

export const CHECK_STATE = 'fettle.check.state';

/** By target: does any of its checks pass? Only what was read since `sinceMs`. */
export const passesOf = (view: LatestView, sinceMs: number): ReadonlyMap<string, boolean> => {
  const passes = new Map<string, boolean>();
  for (const { attributes, value, at } of view[CHECK_STATE] ?? []) {
    const check = openCheckName(attributes[CHECK_NAME] ?? '');
    if (!check || Temporal.Instant.from(at).epochMilliseconds < sinceMs) continue;
    passes.set(check.target, (passes.get(check.target) ?? false) || value === 1);
  }
  return passes;
};

/** The agent that looks, and what it saw: by target, does any of its checks pass? */
export type TargetWatch = {
  readonly isConnected: boolean;
  readonly isOnline: boolean;
  readonly passes: ReadonlyMap<string, boolean>;
};

/** What its checks say, as long as somebody looks. Its silence alone is never held against it. */
export const targetPresence = (known: Presence, name: string, { isOnline, passes }: TargetWatch): Presence => {
  if (known === 'retiring') return known;
  const passed = passes.get(name);
  if (!isOnline || passed === undefined) return 'unknown';
  return passed ? 'online' : 'offline';
};

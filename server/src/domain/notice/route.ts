// Who is to be told of it? Every route that fits counts.
import type { NewRoute } from '@fettle/shared/api/notice.schema';

import { isFor } from './channel.ts';
import { type Rota, onCall } from './rota.ts';
import type { Subject } from './subject.ts';

export type Route = NewRoute & { readonly id: string };

/** A channel, and by which route and rota it was found; `rota` is "" where it is named itself. */
export type Target = { readonly channel: string; readonly route: string; readonly rota: string };

export type RouteContext = {
  readonly rotas: ReadonlyMap<string, Rota>;
  readonly tags: readonly string[];
  readonly nowMs: number;
};

/** @param kind of the notice: what is before the dot is what routes choose by. @returns each channel once, by the first route that has it */
export const targetsOf = (
  routes: readonly Route[],
  kind: string,
  subject: Subject,
  context: RouteContext,
): readonly Target[] => {
  const found = new Map<string, Target>();
  for (const route of routes) {
    if (!fits(route, kind, subject, context.tags)) continue;
    for (const target of channelsOf(route, context)) if (!found.has(target.channel)) found.set(target.channel, target);
  }
  return [...found.values()];
};

const fits = (
  { tenant, severities, kinds, tags }: Route,
  kind: string,
  subject: Subject,
  its: readonly string[],
): boolean =>
  isFor(tenant, subject.tenant) &&
  severities.includes(subject.severity) &&
  kinds.some((wanted) => kind.startsWith(`${wanted}.`)) &&
  (tags.length === 0 || tags.some((tag) => its.includes(tag)));

const channelsOf = ({ id: route, to }: Route, { rotas, nowMs }: RouteContext): readonly Target[] =>
  to.flatMap((target) => {
    if ('channel' in target) return [{ channel: target.channel, route, rota: '' }];
    const rota = rotas.get(target.rota);
    const person = rota && onCall(rota, nowMs);
    return person ? [{ channel: person.channel, route, rota: target.rota }] : [];
  });

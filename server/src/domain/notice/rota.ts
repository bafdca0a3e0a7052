// Who is on call, and who is asked when nobody answers.
import type { NewRota } from '@fettle/shared/api/notice.schema';

export type Rota = NewRota & { readonly id: string };
export type OnCall = Rota['people'][number];

/** Turns begin at `handover` by the zone's clock, whatever the clocks do; before the first it is the first one's. */
export const onCall = ({ zone, start, handover, turnDays, people }: Rota, nowMs: number): OnCall | undefined => {
  const now = Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(zone);
  const isBefore = Temporal.PlainTime.compare(now.toPlainTime(), Temporal.PlainTime.from(handover)) < 0;
  const days = Temporal.PlainDate.from(start).until(now.toPlainDate()).days - (isBefore ? 1 : 0);
  const turn = Math.max(0, Math.floor(days / turnDays));
  return people[turn % people.length];
};

/** @returns the rotas of a circle that `changed` would close, by name; undefined: there is none */
export const circleOf = (changed: Rota, others: readonly Rota[]): readonly string[] | undefined => {
  const byId = new Map([...others, changed].map((rota) => [rota.id, rota]));
  const names: string[] = [];
  const seen = new Set<string>();
  for (let at: Rota | undefined = changed; at; at = at.escalation ? byId.get(at.escalation.to) : undefined) {
    names.push(at.name);
    if (seen.has(at.id)) return names;
    seen.add(at.id);
  }
  return undefined;
};

// Looks ahead for each device once an hour: a sixtieth of the fleet each minute, one question after the other.
import { contentHash } from '@fettle/shared/rule/hash';
import type { ForecastRule } from '@fettle/shared/rule/rule';

import type { Outcome, WriterEvent } from '../domain/event.ts';
import type { Outlook } from '../domain/forecast/forecast.ts';

export type ForecastParts = {
  readonly members: () => Iterable<{ readonly id: string; readonly facts: { readonly isConnected: boolean } }>;
  readonly trend: ForecastRule | undefined;
  readonly outlooks: (device: string, rule: ForecastRule, nowMs: number) => Promise<readonly Outlook[] | undefined>;
  readonly commit: (event: WriterEvent) => Promise<Outcome>;
  readonly nowMs: () => number;
};

/** In an hour. */
const SLOTS = 60;

/** @returns what looks at the next sixtieth, and does nothing while it still looks at the last one */
export const forecaster = (parts: ForecastParts): (() => Promise<void>) => {
  let slot = 0;
  let isLooking = false;
  return async () => {
    if (isLooking) return;
    isLooking = true;
    slot = (slot + 1) % SLOTS;
    await lookAhead(parts, slot).finally(() => {
      isLooking = false;
    });
  };
};

const lookAhead = async ({ members, trend, outlooks, commit, nowMs }: ForecastParts, slot: number): Promise<void> => {
  if (!trend) return;
  const due = [...members()].filter(({ id, facts }) => facts.isConnected && slotOf(id) === slot);
  for (const { id: device } of due) {
    const found = await outlooks(device, trend, nowMs()).catch(() => undefined); // told where it was asked
    if (found && found.length > 0) await commit({ type: 'forecast', device, outlooks: found });
  }
};

/** The same in every hour. */
const slotOf = (id: string): number => Number.parseInt(contentHash(id).slice(0, 8), 16) % SLOTS;

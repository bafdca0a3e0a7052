// What machines do all month without anything being wrong: noise near thresholds, jobs of the night, and what was so before the agent came.
import { HOUR_MS, MINUTE_MS } from '@fettle/shared/time';

import type { Draft } from './draft.ts';
import type { Machine } from './fleet.ts';
import { knownBefore, tellKnown } from './known.ts';
import { AT_MOST_ONE, NOTHING, type Worth } from './label.ts';
import { START_MS, dayMs } from './life.ts';
import { type Course, type Readings, type Thing, moving, noise, systemVolume, volumeReadings } from './readings.ts';
import { isDesk, isServer } from './recipes.ts';
import type { Span } from './span.ts';

const CPU: Thing = { kind: 'cpu', instance: '' };
const used = (share: number): Readings => ({ 'system.cpu.utilization': share });

/** Before the incidents: those find machines that are free. */
export const planHabits = (draft: Draft): void => {
  const month = { fromMs: START_MS, toMs: dayMs(draft.days) };
  remarkClosings(draft, month);
  planSawTeeth(draft, month);
  planKnownBefore(draft, month);
};

/** After the incidents: of courses that overlap the last counts, and a machine that is busy anyway is left alone. */
export const planNoise = (draft: Draft): void => {
  const month = { fromMs: START_MS, toMs: dayMs(draft.days) };
  const servers = draft.machines.filter(isServer);
  const desks = draft.machines.filter(isDesk);
  for (const machine of [...portion(draft, servers, 0.02), ...portion(draft, desks, 0.01)]) {
    say(draft, machine, { kind: 'CPU around 90 %', families: ['cpu.sustained'], worth: NOTHING, span: month });
    draft.read(
      machine,
      moving(CPU, month, (atMs) => used(0.82 + 0.12 * noise(machine.seed, atMs))),
    );
  }
  for (const machine of portion(draft, servers, 0.3)) nightJob(draft, machine, [4 * MINUTE_MS, 8 * MINUTE_MS]);
  for (const machine of portion(draft, servers, 0.03)) nightJob(draft, machine, [12 * MINUTE_MS, 25 * MINUTE_MS]);
  for (const machine of portion(draft, desks, 0.3)) bursts(draft, machine);
};

const portion = (draft: Draft, machines: readonly Machine[], share: number): readonly Machine[] =>
  draft.free(machines, Math.max(1, Math.round(machines.length * share)));

const remarkClosings = (draft: Draft, month: Span): void => {
  for (const machine of draft.machines) {
    const isClosing = draft.sessionsOf(machine).some(({ end }) => end === 'shutdown');
    if (machine.class !== 'kiosk' || !isClosing) continue;
    const { site, index } = machine;
    draft.remark({ kind: 'closed at night', families: ['device.offline'], site, machines: [index], ...month });
  }
};

type Story = {
  readonly kind: string;
  readonly families: readonly string[];
  readonly worth: Worth;
  readonly span: Span;
};

const say = (draft: Draft, { site, index }: Machine, { span, ...story }: Story): void =>
  draft.label({ ...story, ...span, site, machines: [index] });

/** Written and cleaned up again all day, 84.7 to 85.3 %: whoever looks after a server may want to hear of it once. */
const planSawTeeth = (draft: Draft, month: Span): void => {
  const candidates = draft.machines.filter((machine) => isServer(machine) || isDesk(machine));
  for (const machine of portion(draft, candidates, 0.015)) {
    const periodMs = draft.random.whole(2 * HOUR_MS, 12 * HOUR_MS);
    const read = (atMs: number) =>
      volumeReadings(machine, 0.847 + (0.006 * ((atMs + machine.seed) % periodMs)) / periodMs);
    draft.read(machine, moving(systemVolume(machine), month, read));
    const worth = isServer(machine) ? AT_MOST_ONE : NOTHING;
    say(draft, machine, { kind: 'saw-tooth around 85 %', families: ['disk-space'], worth, span: month });
  }
};

/** Each night at the same hour, at full load. */
const nightJob = (draft: Draft, machine: Machine, lengthMs: readonly [number, number]): void => {
  const hourMs = draft.random.whole(20 * HOUR_MS, 23 * HOUR_MS);
  draft.read(
    machine,
    ...Array.from({ length: draft.days }, (_, day): Course => {
      const fromMs = dayMs(day) + hourMs;
      const toMs = fromMs + draft.random.whole(...lengthMs);
      return moving(CPU, { fromMs, toMs }, (atMs) => used(0.94 + 0.06 * noise(machine.seed, atMs)));
    }),
  );
  const span = { fromMs: START_MS, toMs: dayMs(draft.days) };
  say(draft, machine, { kind: 'job of the night', families: ['cpu.sustained'], worth: NOTHING, span });
};

/** Something is compiled, scanned, rendered: minutes at full load. */
const bursts = (draft: Draft, machine: Machine): void => {
  const { random } = draft;
  const span = { fromMs: START_MS, toMs: dayMs(draft.days) };
  say(draft, machine, { kind: 'minutes at full load', families: ['cpu.sustained'], worth: NOTHING, span });
  for (let day = 0; day < draft.days; day += 1) {
    const fromMs = dayMs(day) + random.whole(8 * HOUR_MS, 16 * HOUR_MS);
    const toMs = fromMs + random.whole(MINUTE_MS, 14 * MINUTE_MS);
    draft.read(
      machine,
      moving(CPU, { fromMs, toMs }, (atMs) => used(0.93 + 0.07 * noise(machine.seed, atMs))),
    );
  }
};

/** All month: nobody mends it, and it stays in the first report. */
const planKnownBefore = (draft: Draft, month: Span): void => {
  for (const known of knownBefore)
    for (const machine of portion(draft, draft.machines.filter(known.isOf), known.share))
      tellKnown(draft, machine, known, month);
};

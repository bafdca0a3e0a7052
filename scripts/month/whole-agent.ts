// A machine's month by the agent's whole evaluator, with its memory written and read at each boot: what judging.ts is held to.
import { Evaluator } from '@fettle/agent/rules/evaluator';
import type { Observation } from '@fettle/agent/rules/observation';
import { loadState, saveState } from '@fettle/agent/rules/saved-state';
import type { Transition } from '@fettle/shared/alert/alert';
import { quantise } from '@fettle/shared/metric/sample';
import { pack } from '@fettle/shared/rule/pack';

import type { AgentLife } from './agent.ts';
import { FIRST_READING_MS } from './judging.ts';
import { type Course, type KindName, kinds } from './readings.ts';
import { type Run, runsOf } from './runs.ts';
import { holds } from './span.ts';

type Fs = Parameters<typeof saveState>[0]['fs'];

const BEAT_MS = 10_000;

/** @param place a folder's file system, and a path in it for the memory */
export const wholeAgent = async (
  { machine, sessions, courses }: AgentLife,
  place: { readonly fs: Fs; readonly path: string },
): Promise<readonly Transition[]> => {
  const told: Transition[] = [];
  let evaluator = new Evaluator(machine);
  evaluator.setRules(pack, { monoMs: 0, wallMs: 0 });
  for (const [order, run] of runsOf(sessions).entries()) {
    const begun = { monoMs: run.fromMs, wallMs: run.fromMs };
    const bootId = `boot-${run.bootedMs}`;
    if (run.begin === 'resume') evaluator.interrupt(begun);
    else if (order > 0) {
      await saveState({ ...place, bootId: 'the one before' }, evaluator.memory, true);
      evaluator = new Evaluator(machine);
      const start = { ...begun, uptimeMs: 0 };
      evaluator.adopt(await loadState({ ...place, bootId }, { rules: pack, device: machine }, start));
      evaluator.setRules(pack, begun);
    }
    for (let atMs = run.fromMs + FIRST_READING_MS; atMs < run.toMs; atMs += BEAT_MS) {
      const seen = observations(courses, run, atMs);
      if (seen.length > 0) {
        told.push(...evaluator.judge(seen, { monoMs: atMs, wallMs: atMs }, atMs - run.bootedMs));
      }
    }
  }
  return told;
};

/** What is due on this beat, of everything that the machine has something going on with. */
const observations = (courses: readonly Course[], run: Run, atMs: number): readonly Observation[] => {
  const sinceMs = atMs - run.fromMs - FIRST_READING_MS;
  return [...Map.groupBy(courses, ({ kind }) => kind)].flatMap(([kind, theirs]) =>
    sinceMs % kinds[kind].everyMs === 0 ? [observation(kind, theirs, atMs)] : [],
  );
};

const observation = (kind: KindName, courses: readonly Course[], atMs: number): Observation => {
  const { everyMs, healthy, ...rest } = kinds[kind];
  const instances = [...Map.groupBy(courses, ({ instance }) => instance)];
  return {
    source: kind,
    provides: Object.keys(healthy),
    everyMs,
    isPartial: false,
    measured: instances.flatMap(([instance, theirs]) => {
      const attributes: Record<string, string> = 'by' in rest ? { [rest.by]: instance } : {};
      const readings = { ...healthy, ...theirs.findLast((course) => holds(course, atMs))?.read(atMs) };
      return Object.entries(readings).map(([metric, value]) => ({
        metric,
        attributes,
        integer: quantise(metric, value) ?? 0,
      }));
    }),
  };
};

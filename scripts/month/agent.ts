// What a machine's agent does in the month, as its server sees it: connections, goodbyes, and the records of its alerts lane.
import type { Transition } from '@fettle/shared/alert/alert';
import { MINUTE_MS, SECOND_MS } from '@fettle/shared/time';
import type { ByeReason } from '@fettle/shared/wire/agent-message.schema';
import type { RecordBody } from '@fettle/shared/wire/record.schema';

import { Random } from '../sim/random.ts';
import type { Machine } from './fleet.ts';
import { RuleJudge } from './judging.ts';
import type { End, Session } from './life.ts';
import type { Course } from './readings.ts';
import { rulesOn } from './rows.ts';
import { type Run, runsOf } from './runs.ts';
import { type Span, holds, without } from './span.ts';

export type AgentEvent = { readonly atMs: number; readonly machine: Machine } & (
  | { readonly is: 'connected'; readonly bootId: string }
  | { readonly is: 'goodbye'; readonly reason: ByeReason }
  /** The server finds out that nobody answers. */
  | { readonly is: 'lost'; readonly lastMs: number }
  | { readonly is: 'record'; readonly body: RecordBody }
);

export type AgentLife = {
  readonly machine: Machine;
  readonly sessions: readonly Session[];
  readonly courses: readonly Course[];
  /** Its server cannot be reached, though it runs. */
  readonly cuts: readonly Span[];
  /** It goes with a goodbye and comes back as another version, while its machine runs. What it would have read meanwhile it reads all the same. */
  readonly update: Span | undefined;
};

/** What the server waits for a pong before it calls a socket dead (design, Presence). */
const DEAD_MS = 40 * SECOND_MS;
const GOODBYES: Readonly<Record<Exclude<LinkEnd, 'silent'>, ByeReason>> = {
  shutdown: 'shutdown',
  suspend: 'suspend',
  reboot: 'reboot',
  update: 'update',
};

/** In order of time. */
export const agentEvents = (life: AgentLife, isSkipping: boolean): readonly AgentEvent[] => {
  const runs = runsOf(life.sessions);
  const links = linksOf(life, runs);
  const bodies = [...lifeRecords(runs), ...judgedRecords(life, runs, isSkipping)].toSorted((a, b) => a.atMs - b.atMs);
  const records = bodies.flatMap(({ atMs, body }): readonly AgentEvent[] => {
    const sentMs = sentAt(links, atMs);
    return sentMs === undefined ? [] : [{ is: 'record', atMs: sentMs, machine: life.machine, body }];
  });
  return [...linkEvents(life.machine, links), ...records].toSorted((a, b) => a.atMs - b.atMs);
};

/** Everything that its rules tell, whether the server hears of it or not. */
export const transitionsOf = (life: AgentLife, runs: readonly Run[], isSkipping: boolean): readonly Transition[] => {
  const { machine, courses } = life;
  const things = Map.groupBy(courses, ({ kind, instance }) => JSON.stringify([kind, instance]));
  return [...things.values()].flatMap((theirs) =>
    theirs
      .slice(0, 1)
      .flatMap((thing) =>
        rulesOn(machine, thing).flatMap((rule) =>
          new RuleJudge({ rule, thing, courses: theirs, runs, isSkipping }).judge(),
        ),
      ),
  );
};

type Recorded = { readonly atMs: number; readonly body: RecordBody };

const judgedRecords = (life: AgentLife, runs: readonly Run[], isSkipping: boolean): readonly Recorded[] =>
  transitionsOf(life, runs, isSkipping).map(({ evidence, processes, ...transition }) => {
    const lists = { evidence: [...evidence], ...(processes && { processes: [...processes] }) };
    return { atMs: transition.at, body: { kind: 'transition', transition: { ...transition, ...lists } } };
  });

const lifeRecords = (runs: readonly Run[]): readonly Recorded[] =>
  runs.map((run, order): Recorded => {
    const { fromMs: at, begin } = run;
    const before = runs[order - 1];
    if (begin === 'resume' && before) return { atMs: at, body: { kind: 'suspended', at, forMs: at - before.toMs } };
    const lastEnd = before === undefined ? 'unknown' : before.end === 'silent' ? 'killed' : 'stopped';
    return {
      atMs: at,
      body: { kind: 'start', at, bootId: bootIdOf(run), uptimeMs: SECOND_MS, agentVersion: VERSION, lastEnd },
    };
  });

export const VERSION = '0.1.0';

const bootIdOf = ({ bootedMs }: Run): string => `boot-${bootedMs}`;

/** A connection: from the hello to its end. */
type Link = Span & { readonly bootId: string; readonly end: LinkEnd };
type LinkEnd = End | 'update';

/** After a start programs and networks take their time, after a cut agents come back spread over half a minute. */
const linksOf = ({ machine, cuts, update }: AgentLife, runs: readonly Run[]): readonly Link[] => {
  const random = new Random(machine.seed);
  const holes = update ? [...cuts, update] : cuts;
  const endAt = (atMs: number): LinkEnd => (atMs === update?.fromMs ? 'update' : 'silent');
  return runs.flatMap((run) =>
    without<Link>({ fromMs: run.fromMs, toMs: run.toMs, bootId: bootIdOf(run), end: run.end }, holes).flatMap(
      (span) => {
        const isBack = span.fromMs !== run.fromMs;
        const slowestMs = isBack ? 30 * SECOND_MS : run.begin === 'boot' ? MINUTE_MS : 10 * SECOND_MS;
        const fromMs = span.fromMs + random.whole(2 * SECOND_MS, slowestMs);
        const end = span.toMs === run.toMs ? run.end : endAt(span.toMs);
        return fromMs < span.toMs ? [{ ...span, fromMs, end }] : [];
      },
    ),
  );
};

const linkEvents = (machine: Machine, links: readonly Link[]): readonly AgentEvent[] =>
  links.flatMap(({ fromMs, toMs, bootId, end }, order): readonly AgentEvent[] => {
    const next = links[order + 1];
    const deadMs = toMs + DEAD_MS;
    const lost: AgentEvent = { is: 'lost', atMs: deadMs, machine, lastMs: toMs };
    const connected: AgentEvent = { is: 'connected', atMs: fromMs, machine, bootId };
    if (end !== 'silent') return [connected, { is: 'goodbye', atMs: toMs, machine, reason: GOODBYES[end] }];
    // who is back before that takes over
    return next && next.fromMs <= deadMs ? [connected] : [connected, lost];
  });

/** At once, or as soon as there is a connection. */
const sentAt = (links: readonly Link[], atMs: number): number | undefined => {
  const link = links.find(({ toMs }) => toMs > atMs);
  if (!link) return undefined;
  return holds(link, atMs) ? atMs : link.fromMs + SECOND_MS;
};

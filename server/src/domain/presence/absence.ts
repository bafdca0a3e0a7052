// A device is back: where was it? By what it says itself, and by what was heard of it before. While it is away nobody can know.
import type { AbsenceKind } from '@fettle/shared/api/absence.schema';
import { MINUTE_MS } from '@fettle/shared/time';
import type { ByeReason, Crash, Run } from '@fettle/shared/wire/agent-message.schema';
import { formatDuration } from '@fettle/shared/words/format';

export type Absence = {
  /** The last sign of life before, and the first one after it, by the server's clock. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly kind: AbsenceKind;
  /** What that is known by, in a sentence. */
  readonly evidence: string;
};

type Known = { readonly bootId: string; readonly agentVersion: string };

export type Return = {
  readonly fromMs: number;
  readonly toMs: number;
  /** How it said that it goes; null: it did not. */
  readonly goodbye: ByeReason | null;
  readonly before: Known;
  readonly now: Known;
  /** Undefined: the agent is too old to say. */
  readonly run: Run | undefined;
  /** This server heard it go. Otherwise it may be the server that was away. */
  readonly wasHeard: boolean;
};

/** A connection that is lost and found again sooner is none: it takes 40 s until a dead one is seen at all. */
const LEAST_MS = MINUTE_MS;
/** Down for less than this, it was restarted. */
const RESTART_MS = 10 * MINUTE_MS;
/** Of an absence, spent asleep. */
const MOST = 0.5;

/** @returns undefined where nothing was missed: it was not here before, or was hardly away */
export const absenceOf = (back: Return): Absence | undefined => {
  const { fromMs, toMs, before, now } = back;
  if (before.bootId === '') return undefined;
  const found = before.bootId === now.bootId ? ofSameBoot(back) : ofNewBoot(back);
  return found && { fromMs, toMs, kind: found[0], evidence: found[1] };
};

type Found = readonly [kind: AbsenceKind, evidence: string];

const ofNewBoot = (back: Return): Found => {
  const { goodbye, run } = back;
  const downMs = downFor(back);
  const down = downMs === undefined ? '' : ` It was down for at most ${formatDuration(downMs)}.`;
  if (isCleanEnd(back)) {
    const isRestart = goodbye === 'reboot' || (downMs !== undefined && downMs < RESTART_MS);
    return isRestart
      ? ['rebooted', `The machine was restarted in order.${down}`]
      : ['off', `The machine was shut down in order and started again.${down}`];
  }
  if (run?.lastEnd === 'killed')
    return ['crashed', `The machine was started anew, and the agent before had no time to end.${down}`];
  return ['unknown', 'The machine was started anew without a goodbye; nothing says how it had ended.'];
};

const isCleanEnd = ({ goodbye, run }: Return): boolean =>
  (goodbye !== null && goodbye !== 'suspend') || run?.lastEnd === 'stopped';

/** From the last sign of life to the boot. */
const downFor = ({ fromMs, toMs, run }: Return): number | undefined => run && Math.max(0, toMs - run.uptimeMs - fromMs);

const ofSameBoot = (back: Return): Found | undefined => {
  const { goodbye, before, now, run } = back;
  if (goodbye === 'update' || before.agentVersion !== now.agentVersion)
    return ['updated', `The agent was updated from ${before.agentVersion} to ${now.agentVersion}.`];
  if (!run) return ofOldAgent(back);
  if (isNewAgent(back, run)) return ofNewAgent(back, run);
  return ofSameAgent(back, run);
};

/** By its goodbye alone. */
const ofOldAgent = (back: Return): Found | undefined => {
  if (back.goodbye === 'suspend') return ['asleep', 'The machine had said that it goes to sleep.'];
  if (back.goodbye === 'stop') return ['stopped', 'The agent had said that it was told to stop.'];
  return isLong(back) ? ['unknown', 'The agent is too old to say where it was.'] : undefined;
};

const isNewAgent = ({ fromMs, toMs }: Return, { agentMs }: Run): boolean => toMs - agentMs > fromMs;

const ofNewAgent = ({ goodbye }: Return, { uptimeMs, lastEnd, crash }: Run): Found => {
  const ranOn = `The machine ran on (up for ${formatDuration(uptimeMs)}), its agent was started anew`;
  return goodbye === 'stop' || lastEnd === 'stopped'
    ? ['stopped', `${ranOn}: the one before was told to stop.`]
    : ['agent died', `${ranOn}: the one before ${crash ? crashText(crash) : 'ended without a word'}.`];
};

/** signal(7): those that a program ends of; their numbers are the same on every POSIX system. */
const SIGNALS: Readonly<Record<number, string>> = {
  4: 'SIGILL',
  6: 'SIGABRT',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
};

const crashText = ({ how, code }: Crash): string => {
  if (how === 'stuck') return 'did not answer any more and was killed by its host';
  return how === 'exit' ? `ended with code ${code}` : `was ended by ${SIGNALS[code] ?? `signal ${code}`}`;
};

const ofSameAgent = (back: Return, { uptimeMs, asleepMs }: Run): Found | undefined => {
  const { fromMs, toMs, goodbye, wasHeard } = back;
  if (!isLong(back)) return undefined;
  const sleptMs = Math.min(asleepMs, toMs - fromMs);
  if (goodbye === 'suspend' || sleptMs >= MOST * (toMs - fromMs))
    return ['asleep', `The machine slept for ${formatDuration(sleptMs)} and went on where it was.`];
  // as much is true when it was this server that was away
  if (!wasHeard) return undefined;
  return [
    'network',
    `The machine and its agent ran all the while (up for ${formatDuration(uptimeMs)}): no way led here.`,
  ];
};

const isLong = ({ fromMs, toMs }: Return): boolean => toMs - fromMs >= LEAST_MS;

/** For a ticket about the silence that is over. */
export const absenceText = ({ fromMs, toMs, kind, evidence }: Absence): string =>
  `Back after ${formatDuration(Math.max(0, toMs - fromMs))}: ${WORDS[kind]}. ${evidence}`;

const WORDS: Readonly<Record<AbsenceKind, string>> = {
  asleep: 'it was asleep',
  off: 'it was off',
  rebooted: 'it was restarted',
  crashed: 'it crashed or lost power',
  stopped: 'its agent was stopped, the machine was there',
  'agent died': 'its agent had died, the machine was there',
  updated: 'its agent was updated',
  network: 'it was cut off from here',
  unknown: 'nobody can say why',
};

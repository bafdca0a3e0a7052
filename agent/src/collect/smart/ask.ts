// Asks smartctl about one device after the other.
import { type ChildHost, HostError } from '../../host/host.ts';
import { reasonOf } from '../collector.ts';
import { ASLEEP, type Answer, closed, parseAnswer } from './answer.parse.ts';
import { kernelView } from './kernel.ts';
import { SLEEPS_MAX, type Seen, placeOf } from './place.ts';
import type { Remembered } from './remembered.schema.ts';
import type { Target } from './targets.ts';

export const READ_MS = 30_000;

export type Asking = {
  readonly host: ChildHost;
  /** What was known before this poll. */
  readonly before: Remembered;
  /** Whether there is time for one more disk. */
  readonly mayBegin: () => boolean;
};

/** Those that did not answer in time come last, so that they take no time from the others. */
export const askAll = async (asking: Asking, targets: readonly Target[]): Promise<readonly Seen[]> => {
  const { places } = asking.before;
  const isLate = ({ key }: Target): boolean => places[key]?.isLate === true;
  const inOrder = [...targets.filter((target) => !isLate(target)), ...targets.filter(isLate)];
  const seen: Seen[] = [];
  for (const target of inOrder) seen.push(await ask(asking, target));
  return seen;
};

const ask = async ({ host, before, mayBegin }: Asking, target: Target): Promise<Seen> => {
  const { device, key, problem } = target;
  const kernel = kernelView(host, device);
  if (problem !== undefined) return { key, device, kernel, answer: closed(device, problem) };
  if (!mayBegin()) return { key, device, kernel, answer: notAsked(device) };
  const mayWake = target.mayWake || saysAlwaysAsleep({ key, kernel }, before);
  return { key, device, kernel, answer: await answerOf(host, { ...target, mayWake }) };
};

/** Of smartctl, for one disk. */
export const readArguments = ({ device, type, mayWake }: Target): readonly string[] => {
  const asType = type === undefined ? [] : ['-d', type];
  const unlessAsleep = mayWake ? [] : ['-n', `standby,${ASLEEP}`];
  return ['-x', '--json=c', ...asType, ...unlessAsleep, device];
};

const answerOf = async (host: ChildHost, target: Target): Promise<Answer> => {
  const { device } = target;
  try {
    return parseAnswer(device, await host.run('smartctl', readArguments(target), { timeoutMs: READ_MS }));
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    const reason = reasonOf(error);
    return { kind: 'failed', reason: { ...reason, detail: `${device}: ${reason.detail}` } };
  }
};

const notAsked = (device: string): Answer => ({
  kind: 'failed',
  reason: { code: 'service_broken', detail: `${device} was not asked: the disks before it took too long` },
});

/** Nothing turns in it, so that it does no harm to ask. */
const saysAlwaysAsleep = (at: Pick<Seen, 'key' | 'kernel'>, before: Remembered): boolean => {
  const place = placeOf(at, before);
  const isSolid = at.kernel.isSolid || (place?.id !== undefined && before.disks[place.id]?.isSolid === true);
  return isSolid && (place?.sleeps ?? 0) >= SLEEPS_MAX;
};

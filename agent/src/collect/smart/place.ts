// What is remembered of a place, which is a device and a type: who answered there last, and how.
import type { Answer } from './answer.parse.ts';
import type { Kernel } from './kernel.ts';
import type { Place, Remembered } from './remembered.schema.ts';

/** What came of one place in this poll. */
export type Seen = { readonly key: string; readonly device: string; readonly kernel: Kernel; readonly answer: Answer };

/** A solid disk that says "asleep" so often has a bridge that always says so. */
export const SLEEPS_MAX = 3;

/** What is remembered of a place, as long as the same disk is there. */
export const placeOf = ({ key, kernel }: Pick<Seen, 'key' | 'kernel'>, { places }: Remembered): Place | undefined =>
  places[key]?.token === kernel.token ? places[key] : undefined;

export const isGone = ({ answer }: Seen): boolean => answer.kind === 'closed' && answer.isGone;

/** What is to be remembered of it; nothing where nothing is. @param isNewStranger who is there is none of those that are known */
export const placed = (
  one: Seen,
  before: Remembered,
  isNewStranger: boolean,
): readonly (readonly [string, Place])[] => {
  const { answer, key, kernel } = one;
  if (isGone(one)) return [];
  const { id: lastId, sleeps: slept = 0, isStranger = false } = placeOf(one, before) ?? {};
  const id = answer.kind === 'disk' ? answer.disk.id : lastId;
  const sleeps = sleepsAfter(answer, slept);
  const place: Place = {
    token: kernel.token,
    ...(id !== undefined && { id }),
    ...(sleeps > 0 && { sleeps }),
    ...(isLate(answer) && { isLate: true }),
    ...((isNewStranger || (isStranger && answer.kind !== 'disk')) && { isStranger: true }),
  };
  return [[key, place]];
};

const isLate = (answer: Answer): boolean => answer.kind === 'failed' && answer.reason.code === 'timeout';

/** Once it is known for saying so always, it stays known for it. */
const sleepsAfter = ({ kind }: Answer, sleeps: number): number => {
  if (kind === 'asleep') return Math.min(sleeps + 1, SLEEPS_MAX);
  return kind === 'disk' && sleeps < SLEEPS_MAX ? 0 : sleeps;
};

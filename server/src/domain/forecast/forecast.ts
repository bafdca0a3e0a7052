// When will what is left be used up? From a reading an hour over a week, by a slope that outliers, day and night, and one clean-up do not bend.
import { DAY_MS, HOUR_MS } from '@fettle/shared/time';
import { formatBytes, formatDuration } from '@fettle/shared/words/format';

export type Sample = { readonly atMs: number; readonly value: number };

export type Forecast = {
  /** Of what is measured: how much less each day. */
  readonly perDay: number;
  readonly leftMs: number;
};

/** Of one instance. */
export type Outlook = {
  readonly instance: string;
  /** The newest reading. */
  readonly value: number;
  /** Undefined: it does not go down. */
  readonly forecast?: Forecast;
};

/** What is looked at: a week has every day of it. */
export const FORECAST_MS = 7 * DAY_MS;
/** Less of it says nothing. */
const LEAST_MS = 3 * DAY_MS;
const LEAST_SAMPLES = 36;
/** Pairs that are closer show the time of day rather than the trend. */
const LAG_MS = DAY_MS;
/** So many of the pairs must go the same way. */
const AGREEING = 0.75;
/** Of all that moved in a week, in one hour: an event, not a habit, unless it happens again. */
const EVENT = 0.2;
/** What has not gone down for so long has stopped. */
const STOPPED_MS = 2 * DAY_MS;
/** After a gap nobody can say how long a change took. */
const HOURLY_MS = 2 * HOUR_MS;

/**
 * The median of the slopes of all pairs a day apart or more: H. Theil, 1950; P. K. Sen, "Estimates of the Regression Coefficient Based
 * on Kendall's Tau", JASA 63 (1968), 1379-1389. Up to 29 % of the samples may be anything at all.
 * @param samples in the order of time, about one an hour
 * @returns undefined where too little is known, or it does not go down steadily
 */
export const forecastOf = (samples: readonly Sample[]): Forecast | undefined => {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || samples.length < LEAST_SAMPLES || last.atMs - first.atMs < LEAST_MS) return undefined;
  if (last.value <= 0) return usedUp(samples, last.atMs - first.atMs);
  const smooth = withoutEvents(samples);
  if (!goesDown(smooth, last)) return undefined;
  const slopes = slopesOf(smooth);
  const slope = slopes[Math.floor(slopes.length / 2)] ?? 0;
  if ((slopes[Math.floor(slopes.length * AGREEING)] ?? 0) >= 0 || slope >= 0) return undefined;
  return { perDay: -slope * DAY_MS, leftMs: Math.max(0, last.value) / -slope };
};

/** What never had any, such as an image that can only be read, is not used up either. */
const usedUp = (samples: readonly Sample[], spanMs: number): Forecast | undefined => {
  const most = Math.max(...samples.map(({ value }) => value));
  return most > 0 ? { perDay: (most / spanMs) * DAY_MS, leftMs: 0 } : undefined;
};

/** Still, over the last days. */
const goesDown = (samples: readonly Sample[], last: Sample): boolean => {
  const before = samples.find(({ atMs }) => atMs >= last.atMs - STOPPED_MS);
  return before !== undefined && before.value > last.value;
};

/** @returns ascending, per ms */
const slopesOf = (samples: readonly Sample[]): Float64Array => {
  const slopes = new Float64Array((samples.length * (samples.length - 1)) / 2);
  let count = 0;
  for (const [index, from] of samples.entries()) {
    for (let other = index + 1; other < samples.length; other += 1) {
      const to = samples[other];
      if (!to || to.atMs - from.atMs < LAG_MS) continue;
      slopes[count] = (to.value - from.value) / (to.atMs - from.atMs);
      count += 1;
    }
  }
  return slopes.subarray(0, count).toSorted();
};

/**
 * The steps that are like no other of their direction. One that has its like the other way is taken for what was there for a moment: then both are.
 */
const eventsOf = (steps: readonly number[]): ReadonlySet<number> => {
  const moved = steps.reduce((sum, step) => sum + Math.abs(step), 0);
  const likes = (event: number, sign: number) => steps.filter((step) => step * sign > Math.abs(event) / 2);
  const events = steps
    .filter((step) => Math.abs(step) > EVENT * moved)
    .flatMap((step) => {
      const [alike, contrary] = [likes(step, Math.sign(step)), likes(step, -Math.sign(step))];
      return alike.length === 1 && contrary.length < 2 ? [step, ...contrary] : [];
    });
  return new Set(events);
};

/** One clean-up, or one large copy, is taken out of the course: what was before it is moved by as much. What happens again stays. */
const withoutEvents = (samples: readonly Sample[]): readonly Sample[] => {
  const steps = samples.map(({ atMs, value }, index) => {
    const before = samples[index - 1];
    return before && atMs - before.atMs <= HOURLY_MS ? value - before.value : 0;
  });
  const events = eventsOf(steps);
  let shift = 0;
  return samples
    .toReversed()
    .map(({ atMs, value }, index) => {
      const here = { atMs, value: value + shift };
      const step = steps[samples.length - 1 - index] ?? 0;
      if (events.has(step)) shift += step;
      return here;
    })
    .toReversed();
};

/** "Full in 2 d 3 h, if it goes on by 4.1 GiB a day." */
export const forecastText = ({ perDay, leftMs }: Forecast): string =>
  `Full in ${formatDuration(leftMs)}, if it goes on by ${formatBytes(perDay)} a day.`;

/** Beyond this nobody plans. */
const HORIZON_MS = 90 * DAY_MS;
/** Of a device that has not been heard for longer nothing new is known. */
const FRESH_MS = 3 * HOUR_MS;

/**
 * @param kept of which there is a forecast already
 * @returns of what goes down, or did when it was last looked at; undefined where nothing has come of late
 */
export const outlooksOf = (
  hourly: ReadonlyMap<string, readonly Sample[]>,
  nowMs: number,
  kept: readonly string[],
): readonly Outlook[] | undefined => {
  const isFresh = (samples: readonly Sample[]): boolean => nowMs - (samples.at(-1)?.atMs ?? 0) <= FRESH_MS;
  const fresh = new Map([...hourly].filter(([, samples]) => isFresh(samples)));
  if (fresh.size === 0) return undefined;
  const gone = kept.filter((instance) => !fresh.has(instance)).map((instance) => ({ instance, value: 0 }));
  const found = [...fresh].flatMap(([instance, samples]) => {
    const ahead = forecastOf(samples);
    const forecast = ahead && ahead.leftMs <= HORIZON_MS ? ahead : undefined;
    if (!forecast && !kept.includes(instance)) return [];
    return [{ instance, value: samples.at(-1)?.value ?? 0, ...(forecast && { forecast }) }];
  });
  return [...found, ...gone];
};

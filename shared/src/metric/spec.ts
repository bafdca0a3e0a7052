// What a metric is, and the short forms in which the catalogue writes them.
type Unit = '1' | 'By' | 'By/s' | 's' | 'Cel' | 'rpm' | Count | `${Count}/s`;
/** A number of things: OpenTelemetry annotates them in braces. */
type Count = `{${string}}`;

export type MetricSpec = {
  readonly name: string;
  /** UCUM, as OpenTelemetry writes it: "1" is a ratio, "By" bytes, "s" seconds. */
  readonly unit: Unit;
  readonly resolution: number;
  readonly min: number;
  readonly max: number;
  /** The keys that tell the series of this metric apart; a sample without any is about the whole machine. */
  readonly attributes: readonly string[];
  readonly about: string;
  /** A share of something: people read percent. */
  readonly isShare?: true;
  /** Where the value is one of a few states: what each number means. */
  readonly states?: Readonly<Record<string, number>>;
};

export const metric = <const N extends string>(name: N, spec: Omit<MetricSpec, 'name'>) => ({ ...spec, name });

export const ratio = <const N extends string>(name: N, attributes: readonly string[], about: string) =>
  metric(name, { unit: '1', resolution: 0.001, min: 0, max: 1, attributes, about, isShare: true });

export const bytes = <const N extends string>(name: N, attributes: readonly string[], about: string) =>
  metric(name, { unit: 'By', resolution: 4096, min: 0, max: 2 ** 58, attributes, about });

export const rate = <const N extends string>(name: N, unit: Unit, attributes: readonly string[], about: string) =>
  metric(name, { unit, resolution: unit === 'By/s' ? 100 : 0.1, min: 0, max: 2 ** 44, attributes, about });

export const load = <const N extends string>(name: N, about: string) =>
  metric(name, { unit: '1', resolution: 0.01, min: 0, max: 1e6, attributes: [], about });

/** @param max no time that is meant lasts longer than 35,000 years */
export const seconds = <const N extends string>(name: N, attributes: readonly string[], about: string) =>
  metric(name, { unit: 's', resolution: 1, min: 0, max: 2 ** 40, attributes, about });

/** Until a date, to the minute; below 0 since then. */
export const remaining = <const N extends string>(name: N, attributes: readonly string[], about: string) =>
  metric(name, { unit: 's', resolution: 60, min: -60 * 2 ** 30, max: 60 * 2 ** 30, attributes, about });

/** Things counted: `thing` is the unit, "event" for {event}. */
export const counted = <const N extends string>(name: N, thing: string, attributes: readonly string[], about: string) =>
  metric(name, { unit: `{${thing}}`, resolution: 1, min: 0, max: 2 ** 48, attributes, about });

export const celsius = <const N extends string>(name: N, min: number, attributes: readonly string[], about: string) =>
  metric(name, { unit: 'Cel', resolution: 0.1, min, max: 200, attributes, about });

/** One of a few states, each a number. */
export const state = <const N extends string>(
  name: N,
  states: Readonly<Record<string, number>>,
  attributes: readonly string[],
  about: string,
) =>
  metric(name, {
    unit: '1',
    resolution: 1,
    min: 0,
    max: Math.max(...Object.values(states)),
    attributes,
    about,
    states,
  });

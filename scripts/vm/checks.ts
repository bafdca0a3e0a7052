// What a step of the story should read, against what the agent read.
import type { Answer } from './answer.schema.ts';

export type Wanted = {
  /** A metric, the name of what it is of, and its value. */
  readonly values?: readonly (readonly [metric: string, of: string, value: number])[];
  /** A section, and what a fact of it contains. */
  readonly facts?: readonly (readonly [section: string, text: string])[];
  /** A collector that has nothing, and why. */
  readonly missing?: readonly (readonly [collector: string, code: string])[];
};

export type Check = { readonly what: string; readonly wanted: string; readonly found: string };

export const isRight = ({ wanted, found }: Check): boolean => wanted === found;

/** For people. */
export const lineOf = (check: Check): string => {
  const { what, wanted, found } = check;
  return isRight(check)
    ? `  ok      ${what.padEnd(58)} ${found}`
    : `  FAILED  ${what.padEnd(58)} ${found}, not ${wanted}`;
};

/** @returns one for each that is wanted, and one for each collector of those asked that is missing unforeseen */
export const checksOf = (answer: Answer, { values = [], facts = [], missing = [] }: Wanted): readonly Check[] => [
  ...values.map(([metric, of, value]) => ({
    what: `${metric} ${of}`.trim(),
    wanted: String(value),
    found: valuesOf(answer, metric, of),
  })),
  ...facts.map(([section, text]) => ({ what: section, wanted: text, found: factOf(answer, section, text) })),
  ...missing.map(([collector, code]) => ({
    what: `${collector} not available`,
    wanted: code,
    found: answer.missing.find((one) => one.collector === collector)?.code ?? 'available',
  })),
  ...answer.missing
    .filter(({ collector }) => !missing.some(([expected]) => expected === collector))
    .map(({ collector, code, detail }) => ({ what: collector, wanted: 'available', found: `${code}: ${detail}` })),
];

/** Of more than one all are told: a name that stands for two things is wrong. */
const valuesOf = ({ readings }: Answer, metric: string, of: string): string =>
  readings
    .filter((one) => one.metric === metric && nameOf(one.attributes) === of)
    .map(({ value }) => value)
    .join(' and ') || 'nothing';

const NAMES = ['hw.name', 'system.filesystem.mountpoint', 'fettle.log.class'] as const;

const nameOf = (attributes: Readonly<Record<string, string>>): string =>
  NAMES.map((key) => attributes[key]).find((name) => name !== undefined) ?? '';

/** @returns the text itself where a fact contains it, else all facts of the section */
const factOf = ({ sections }: Answer, title: string, text: string): string => {
  const told = sections
    .filter((one) => one.title === title)
    .flatMap(({ facts }) => facts.map(({ label, value }) => `${label}: ${value}`));
  return told.some((one) => one.includes(text)) ? text : told.join('; ') || 'nothing';
};

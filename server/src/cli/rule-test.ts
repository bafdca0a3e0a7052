// What the rules of a file would have made of the last days, beside what those in force made: `rules test FILE [--days N]`.
import { type JudgedRule, isJudged } from '@fettle/shared/rule/rule';
import { DAY_MS } from '@fettle/shared/time';
import { INTERVALS } from '@fettle/shared/wire/intervals';

import { SYSTEM } from '../domain/actor.ts';
import type { RuleChange, Standing } from '../domain/rules/override.ts';
import type { RuleShelf } from '../domain/rules/shelf.ts';
import { spotText } from '../domain/rules/validate.ts';
import { answers } from '../store/answers.ts';
import type { BackTestAnswer, Verdict } from '../store/back-test.ts';
import type { Stores } from '../store/questions.ts';
import { type Arguments, EXIT, count } from './arguments.ts';
import { print } from './print.ts';

/** As long as readings are kept unless it is said otherwise. */
const DAYS_MAX = 14;

type Tests = {
  readonly before: RuleShelf;
  readonly after: RuleShelf;
  readonly changes: readonly { readonly change: RuleChange; readonly standing: Standing }[];
};

type Row = {
  readonly where: string;
  readonly devices: number;
  readonly readings: number;
  readonly inForce: Counts | null;
  readonly ofFile: Counts | null;
  readonly onlyInForce: Counts | null;
  readonly onlyOfFile: Counts | null;
};
type Counts = Pick<Verdict, 'fires' | 'tickets' | 'devices'>;

export const testRules = (args: Arguments, stores: Stores, { before, after, changes }: Tests): number => {
  const days = count(args.flags['days'], '--days', DAYS_MAX, DAYS_MAX);
  const toMs = Date.now();
  const range = { fromMs: toMs - days * DAY_MS, toMs, intervals: INTERVALS, withinMs: 0 };
  const tested = changes.map(({ change, standing }) => {
    const [old, now] = [before, after].map((shelf) => judgedIn(shelf, change, standing));
    return { where: spotText(change), spot: change, old, now };
  });
  const rows = tested.flatMap(({ where, spot: { tenant, level, place }, old, now }): Row[] => {
    const [a, b] = old ? [old, now] : [now, undefined];
    if (!a) return [];
    const question = { a, ...(b && { b }), tenant, ...(level !== 'tenant' && { [level]: place }), ...range };
    return [rowOf(where, answers['back-test'](stores, SYSTEM, question), old !== undefined)];
  });
  const untested = tested.filter(({ old, now }) => !old && !now).map(({ where }) => where);
  const lines = [
    ...tableOf(rows),
    ...untested.map((where) => `${where}: judged by the server, or off: there is nothing to test`),
    ...(tested.length === 0 ? ['It says what is in force: there is nothing to test.'] : []),
  ];
  print(args, { days, rules: rows, untested }, lines);
  return EXIT.ok;
};

/** undefined: not judged by agents, or not at all. */
const judgedIn = (shelf: RuleShelf, { rule: id }: RuleChange, standing: Standing): JudgedRule | undefined => {
  const { rule, isDisabled } = shelf.effective(id, standing);
  return rule && !isDisabled && isJudged(rule) ? rule : undefined;
};

const countsOf = ({ fires, tickets, devices }: Verdict): Counts => ({ fires, tickets, devices });

/** @param isOld whether the first that was tested is the one in force */
const rowOf = (where: string, { lookedAt, readings, a, b, difference }: BackTestAnswer, isOld: boolean): Row => {
  const [first, second] = [countsOf(a), b ? countsOf(b) : null];
  return {
    where,
    devices: lookedAt,
    readings,
    inForce: isOld ? first : null,
    ofFile: isOld ? second : first,
    onlyInForce: difference ? countsOf(difference.onlyA) : isOld ? first : null,
    onlyOfFile: difference ? countsOf(difference.onlyB) : isOld ? null : first,
  };
};

const HEAD = ['', 'fires', 'tickets', 'devices'];

const tableOf = (rows: readonly Row[]): readonly string[] =>
  rows.flatMap(({ where, devices, readings, ...sides }) => [
    `${where}: ${devices} devices, ${readings} readings`,
    lineOf(HEAD),
    ...Object.entries({
      'in force': sides.inForce,
      'of the file': sides.ofFile,
      'only in force': sides.onlyInForce,
      'only of the file': sides.onlyOfFile,
    }).map(([name, counts]) =>
      lineOf([name, ...[counts?.fires, counts?.tickets, counts?.devices].map((figure) => String(figure ?? '-'))]),
    ),
  ]);

const lineOf = ([name = '', ...cells]: readonly string[]): string =>
  `  ${name.padEnd(18)}${cells.map((cell) => cell.padStart(9)).join('')}`;

// The text of a tenant's rules: what is said of which rule, and where. Everything that is wrong with its form is told at once.
import { type Path, pathText } from '../domain/rules/merge.ts';
import type { Level, RuleDocument } from '../domain/rules/override.ts';
import { type Place, type TextProblem, type Tree, readTree } from './tree.ts';
import { fromWords, isPercent, isThresholdAt } from './units.ts';

export const TEXT_MAX_BYTES = 1024 * 1024;
/** Another one would be read in another way. */
export const FORMAT = 1;

export type Entry = {
  readonly level: Level;
  /** "" for the tenant, which the text does not name: it can be another's. */
  readonly place: string;
  readonly rule: string;
  /** null: taken back. */
  readonly document: RuleDocument | null;
  /** Where values stand that are said in percent. */
  readonly percents: readonly Path[];
  readonly placeOf: (path: Path) => Place;
};

export type RuleText = { readonly entries: readonly Entry[]; readonly problems: readonly TextProblem[] };

export const levelOfKey: Readonly<Record<string, Exclude<Level, 'tenant'>>> = {
  sites: 'site',
  tags: 'tag',
  devices: 'device',
};
const KEYS = ['format', 'tenant', ...Object.keys(levelOfKey)];

export const readRuleText = (text: string): RuleText => {
  const tree = readTree(text);
  const reader = new Reader(tree);
  reader.read();
  return reader;
};

type Map = Readonly<Record<string, unknown>>;
type Spot = Pick<Entry, 'level' | 'place'>;

const isMap = (value: unknown): value is Map => typeof value === 'object' && value !== null && !Array.isArray(value);

class Reader implements RuleText {
  readonly entries: Entry[] = [];
  readonly problems: TextProblem[];
  readonly #tree: Tree;

  constructor(tree: Tree) {
    this.#tree = tree;
    this.problems = [...tree.problems];
  }

  read(): void {
    const { value } = this.#tree;
    if (!isMap(value)) {
      if (this.problems.length === 0) this.#problem([], `the text begins with "format: ${FORMAT}"`);
      return;
    }
    if (value['format'] !== FORMAT) this.#problem(['format'], `the text has "format: ${FORMAT}"`);
    for (const key of Object.keys(value).filter((name) => !KEYS.includes(name)))
      this.#problem([key], `there is no "${key}" here: ${KEYS.join(', ')}`);
    this.#rules({ level: 'tenant', place: '' }, value['tenant'], ['tenant']);
    for (const [key, level] of Object.entries(levelOfKey))
      for (const [place, rules] of this.#entriesOf(value[key], [key]))
        this.#rules({ level, place }, rules, [key, place]);
  }

  #rules(spot: Spot, rules: unknown, path: Path): void {
    for (const [rule, said] of this.#entriesOf(rules, path)) this.#entry({ ...spot, rule }, said, [...path, rule]);
  }

  #entry(spot: Spot & { readonly rule: string }, said: unknown, path: Path): void {
    if (said !== null && !isMap(said)) {
      this.#problem(path, 'what is other of the rule, by its fields; or null, which takes it back');
      return;
    }
    const percents: Path[] = [];
    const document = said && documentOf(said, percents);
    this.entries.push({
      ...spot,
      document,
      percents,
      placeOf: (inner) => this.#tree.placeOf([...path, ...inner]),
    });
  }

  #entriesOf(value: unknown, path: Path): readonly (readonly [string, unknown])[] {
    if (value === undefined || value === null) return [];
    if (!isMap(value)) this.#problem(path, 'here are names, each with what belongs to it');
    const entries = isMap(value) ? Object.entries(value) : [];
    const wrong = entries.filter(([name]) => name.length < 1 || name.length > NAME_MAX);
    for (const [name] of wrong) this.#problem([...path, name], `a name has 1 to ${NAME_MAX} characters`);
    return entries.filter((entry) => !wrong.includes(entry));
  }

  #problem(path: Path, message: string): void {
    const where = pathText(path);
    this.problems.push({ ...this.#tree.placeOf(path), message: where === '' ? message : `${where}: ${message}` });
  }
}

const NAME_MAX = 200;

const documentOf = (said: Map, percents: Path[]): RuleDocument => {
  const known = (value: unknown, path: Path): unknown => {
    if (Array.isArray(value)) return value.map((inner: unknown, index) => known(inner, [...path, index]));
    if (isMap(value)) return mapped(value, (inner, key) => known(inner, [...path, key]));
    if (isPercent(value) && isThresholdAt(path)) percents.push(path);
    return fromWords(path, value);
  };
  return mapped(said, (value, key) => known(value, [key]));
};

const mapped = (map: Map, change: (value: unknown, key: string) => unknown): Map =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value, key)]));

// One document over another. Objects by their keys, the levels of a rule and their clauses by their place, everything else as a whole.
import { isSame } from './same.ts';

export type Path = readonly (string | number)[];
export type Leaf = { readonly path: string; readonly value: unknown };

type Tree = Readonly<Record<string, unknown>>;

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Lists whose entries are things of their own, each with values that can be changed alone. */
const isByPlace = (path: Path): boolean => path.at(-1) === 'levels' || path.at(-1) === 'any';

/** null is a value of its own only here: a rule that no reading clears. Elsewhere it takes away what was there. */
const isValue = (value: unknown, path: Path): boolean => value !== null || path.at(-1) === 'keepMs';

export const merged = (base: unknown, over: unknown, path: Path = []): unknown => {
  if (isTree(base) && isTree(over)) return mergedTree(base, over, path);
  return Array.isArray(base) && Array.isArray(over) && isByPlace(path) ? mergedList(base, over, path) : over;
};

const mergedList = (base: readonly unknown[], over: readonly unknown[], path: Path): readonly unknown[] =>
  Array.from({ length: Math.max(base.length, over.length) }, (_, index) => index)
    .filter((index) => over[index] !== null)
    .map((index): unknown => (index in over ? merged(base[index], over[index], [...path, index]) : base[index]));

/** What is new is taken as it is, but for what it takes away. */
const emptyFor = (value: unknown): unknown => (isTree(value) ? {} : undefined);

const mergedTree = (base: Tree, over: Tree, path: Path): Tree => {
  const entries = Object.entries(over).map(([key, value]) => [key, value, [...path, key]] as const);
  const taken = new Set(entries.filter(([, value, at]) => !isValue(value, at)).map(([key]) => key));
  const kept = Object.entries(base).filter(([key]) => !taken.has(key));
  const added = entries
    .filter(([key]) => !taken.has(key))
    .map(([key, value, at]): [string, unknown] => [key, merged(key in base ? base[key] : emptyFor(value), value, at)]);
  return Object.fromEntries([...kept, ...added]);
};

/** "levels[0].any[0].fireAt" */
export const pathText = (path: Path): string =>
  path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : `${text}${text && '.'}${step}`),
    '',
  );

/** Every value that can be changed alone. */
export const leavesOf = (value: unknown, path: Path = []): readonly Leaf[] => {
  if (isTree(value)) return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]));
  if (Array.isArray(value) && isByPlace(path))
    return value.flatMap((inner: unknown, index) => leavesOf(inner, [...path, index]));
  return [{ path: pathText(path), value }];
};

export type Difference = { readonly path: string; readonly before?: unknown; readonly after?: unknown };

/** What is other in the second; a side that has nothing there is left out. */
export const differences = (before: unknown, after: unknown): readonly Difference[] => {
  const [old, now] = [before, after].map(
    (side) => new Map(leavesOf(side ?? {}).map(({ path, value }) => [path, value])),
  );
  const paths = [...new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])];
  return paths
    .filter((path) => !isSame(old?.get(path), now?.get(path)))
    .map((path) => ({
      path,
      ...(old?.has(path) && { before: old.get(path) }),
      ...(now?.has(path) && { after: now.get(path) }),
    }));
};

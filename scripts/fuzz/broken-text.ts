// Messages with something wrong: by field, type, length, characters, depth and keys of what they mean, and by the letters they are written in.
import type { Chance } from './chance.ts';

/** What JSON can say. */
type Json = unknown;
type Step = string | number;

const LONGEST = 64 * 1024;
const LENGTHS = [0, 1, 39, 40, 41, 60, 61, 64, 65, 200, 201, 255, 256, 500, 501, 512, 513, 4_000] as const;
const COUNTS = [0, 1, 10, 11, 16, 17, 40, 41, 100, 101, 200, 201, 500, 501] as const;
const NUMBERS = [
  0,
  -0,
  -1,
  0.5,
  1e-9,
  1e308,
  -1e308,
  2 ** 31,
  2 ** 32,
  2 ** 52,
  2 ** 53 - 1,
  2 ** 53,
  2 ** 63,
] as const;
const LETTERS = [
  '\u0000',
  '\n',
  '\u007f',
  '\u009f',
  '\ud800',
  '\udfff',
  '\u{202e}',
  '\u200b',
  '😀',
  '𝄞',
  'é',
  '\u{ffff}',
] as const;
const KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'extra',
  '',
  '0',
  '\u0000',
] as const;
/** Written where a value stands: JSON has no word for some of them. */
const WORDS = [
  '1e999',
  '-1e999',
  '-0',
  '01',
  '0x10',
  'NaN',
  'Infinity',
  'undefined',
  '9007199254740993',
  '1e-400',
  '""',
  'null',
  '{}',
  '[]',
] as const;
const PLACEHOLDER = '\u0001word\u0001';

/** @param message a good one */
export const brokenText = (message: object, chance: Chance): string => {
  // through JSON: what is changed must not be what the next one is made of
  const good: Json = JSON.parse(JSON.stringify(message));
  const how = chance.below(20);
  if (how === 0) return JSON.stringify(good);
  if (how <= 3) return brokenLetters(JSON.stringify(good), chance);
  if (how === 4) return doubledKey(JSON.stringify(good), chance);
  if (how === 5) return withWord(good, chance);
  // both places in the good one: what a first change has made may be deeper than can be gone through
  const [first, second] = [pathIn(good, chance), pathIn(good, chance)];
  const once = change(good, first, chance);
  const text = JSON.stringify(chance.is(0.2) ? change(once, second, chance) : once);
  return text.length > LONGEST ? text.slice(0, LONGEST) : text;
};

const brokenLetters = (text: string, chance: Chance): string => {
  const at = chance.below(text.length);
  switch (chance.below(4)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + text.slice(at + 1 + chance.below(8));
    case 2:
      return (
        text.slice(0, at) +
        chance.of(['"', '{', '}', '[', ']', ',', ':', '\\', '\u0000', '\ufeff', '1', '-', 'e']) +
        text.slice(at)
      );
    default:
      return text.slice(0, at) + String.fromCodePoint(chance.below(0x1_00)) + text.slice(at + 1);
  }
};

/** The last of two counts, in every parser that takes it at all. */
const doubledKey = (text: string, chance: Chance): string => {
  const keys = [...text.matchAll(/"(\w+)":/g)];
  const found = keys[chance.below(keys.length)];
  if (!found) return text;
  return `${text.slice(0, found.index)}"${found[1]}":${chance.of(WORDS)},${text.slice(found.index)}`;
};

const withWord = (good: Json, chance: Chance): string =>
  JSON.stringify(put(good, pathIn(good, chance), () => PLACEHOLDER)).replace(
    JSON.stringify(PLACEHOLDER),
    chance.of(WORDS),
  );

/** To anything in it, each alike, or to all of it. */
const pathIn = (value: Json, chance: Chance): readonly Step[] => {
  const paths = pathsIn(value);
  return paths[chance.below(paths.length)] ?? [];
};

const pathsIn = (value: Json): readonly (readonly Step[])[] => {
  if (value === null || typeof value !== 'object') return [[]];
  const entries: readonly [string, Json][] = Object.entries(value);
  return [[], ...entries.flatMap(([key, below]) => pathsIn(below).map((path) => [key, ...path]))];
};

const at = (value: object, key: Step): Json => {
  const entries: readonly [string, Json][] = Object.entries(value);
  return entries.find(([name]) => name === String(key))?.[1] ?? null;
};

const put = (value: Json, [key, ...rest]: readonly Step[], by: (old: Json) => Json): Json => {
  if (key === undefined || value === null || typeof value !== 'object') return by(value);
  const below = put(at(value, key), rest, by);
  if (isList(value)) return value.map((item, index) => (String(index) === key ? below : item));
  const entries: readonly [string, Json][] = Object.entries(value);
  return Object.fromEntries(entries.map(([name, item]) => [name, name === key ? below : item]));
};

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

const change = (good: Json, path: readonly Step[], chance: Chance): Json =>
  put(good, path, (old) => {
    switch (chance.below(5)) {
      case 1:
        return withKeys(old, chance);
      case 2:
        return deep(old, chance);
      case 3:
        return chance.of<Json>([null, true, false, '', [], {}, [old], { old }, chance.of(NUMBERS)]);
      default:
        return otherOfItsType(old, chance);
    }
  });

const otherOfItsType = (old: Json, chance: Chance): Json => {
  if (typeof old === 'number') return chance.is(0.5) ? chance.of(NUMBERS) : old + chance.of([-1, 1, 0.5, 1e6, -1e6]);
  if (typeof old === 'string') return otherText(old, chance);
  if (typeof old === 'boolean') return !old;
  if (isList(old)) {
    return Array.from({ length: chance.of(COUNTS) }, (_, index) => old[index % Math.max(1, old.length)] ?? null);
  }
  return old;
};

const otherText = (old: string, chance: Chance): string => {
  const place = chance.below(old.length + 1);
  switch (chance.below(4)) {
    case 0:
      return (old || 'x').repeat(1 + Math.ceil(chance.of(LENGTHS) / (old.length || 1))).slice(0, chance.of(LENGTHS));
    case 1:
      return old.slice(0, place) + chance.of(LETTERS) + old.slice(place);
    case 2:
      return old.slice(0, place) + String.fromCodePoint(32 + chance.below(95)) + old.slice(place + 1);
    default:
      return old.toUpperCase();
  }
};

const withKeys = (old: Json, chance: Chance): Json => {
  if (old === null || typeof old !== 'object' || isList(old)) return { [chance.of(KEYS)]: old };
  const entries: readonly [string, Json][] = Object.entries(old);
  if (chance.is(0.5)) return Object.fromEntries(entries.toSpliced(chance.below(entries.length), 1));
  return Object.fromEntries([...entries, [chance.of(KEYS), chance.of<Json>([1, 'x', null, { isAdmin: true }])]]);
};

const deep = (old: Json, chance: Chance): Json => {
  let value = old;
  for (let depth = chance.of([1, 2, 50, 2_000]); depth > 0; depth -= 1) value = chance.is(0.5) ? [value] : { a: value };
  return value;
};

// YAML 1.2 as plain values, each with the place where it stands: no aliases, no tags, no key twice, and nothing that takes long.
import { LineCounter, type YAMLMap, isAlias, isCollection, isMap, isNode, isScalar, isSeq, parseDocument } from 'yaml';

import type { Path } from '../domain/rules/merge.ts';

/** Both from 1 on. */
export type Place = { readonly line: number; readonly column: number };
export type TextProblem = Place & { readonly message: string };

export type Tree = {
  readonly value: unknown;
  readonly problems: readonly TextProblem[];
  /** Of a value that is not in the text the place of what it would stand in. */
  readonly placeOf: (path: Path) => Place;
};

/** A rule has half as many. */
const DEPTH_MAX = 20;
/** Text may have brackets that are never closed; the reader of YAML takes seconds for thousands of them. */
const OPEN_MAX = 64;
/** "- - - -": a list in a list in a list. */
const NESTED_LINE = /(?:[-?:][ \t]+){20}/;

const START: Place = { line: 1, column: 1 };

export const readTree = (text: string): Tree => {
  if (isTooDeep(text)) return refused('the values stand too deep in each other');
  const lines = new LineCounter();
  const options = { lineCounter: lines, uniqueKeys: false, stringKeys: true, prettyErrors: false } as const;
  const found = parseDocument(text, options);
  const walk = new Walk(lines);
  for (const { message, pos } of [...found.errors, ...found.warnings]) walk.problem(pos[0], message);
  const value = walk.valueOf(found.contents, []);
  return { value, problems: walk.problems, placeOf: (path) => walk.placeOf(path) };
};

const refused = (message: string): Tree => ({
  value: null,
  problems: [{ ...START, message }],
  placeOf: () => START,
});

const isTooDeep = (text: string): boolean => {
  let open = 0;
  for (const character of text) {
    if (character === '[' || character === '{') open += 1;
    if (character === ']' || character === '}') open = Math.max(0, open - 1);
    if (open > OPEN_MAX) return true;
  }
  return NESTED_LINE.test(text);
};

class Walk {
  readonly problems: TextProblem[] = [];
  readonly #lines: LineCounter;
  readonly #places = new Map<string, Place>();

  constructor(lines: LineCounter) {
    this.#lines = lines;
  }

  problem(offset: number, message: string): void {
    this.problems.push({ ...this.#placeAt(offset), message });
  }

  placeOf(path: Path): Place {
    for (let length = path.length; length > 0; length -= 1) {
      const place = this.#places.get(keyOf(path.slice(0, length)));
      if (place) return place;
    }
    return START;
  }

  /** What cannot be taken is told, and null. */
  valueOf(node: unknown, path: Path): unknown {
    const offset = offsetOf(node);
    if (isAlias(node)) return this.#refuse(offset, 'aliases are not taken: write it out');
    if (!isScalar(node) && !isCollection(node)) return null;
    if (node.anchor !== undefined) this.problem(offset, `the anchor &${node.anchor} is not taken: write it out`);
    if (node.tag !== undefined) this.problem(offset, `the tag ${node.tag} is not taken`);
    if (path.length > DEPTH_MAX) return this.#refuse(offset, 'the values stand too deep in each other');
    if (isMap(node)) return this.#mapOf(node, path);
    if (isSeq(node)) return node.items.map((item, index) => this.#itemOf(item, [...path, index]));
    return this.#scalarOf(isScalar(node) ? node.value : null, offset);
  }

  #itemOf(item: unknown, path: Path): unknown {
    this.#places.set(keyOf(path), this.#placeAt(offsetOf(item)));
    return this.valueOf(item, path);
  }

  #mapOf({ items }: YAMLMap, path: Path): unknown {
    const entries = new Map<string, unknown>();
    for (const pair of items) {
      const key = isScalar(pair.key) ? pair.key.value : undefined;
      if (typeof key !== 'string') continue; // told by the reader
      const [at, offset] = [[...path, key], offsetOf(pair.key)];
      if (entries.has(key)) this.problem(offset, `"${key}" stands here twice`);
      this.#places.set(keyOf(at), this.#placeAt(offset));
      entries.set(key, this.valueOf(pair.value, at));
    }
    return Object.fromEntries(entries);
  }

  #scalarOf(value: unknown, offset: number): unknown {
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    return Number.isFinite(value) ? value : this.#refuse(offset, 'this is no number that can be kept');
  }

  #refuse(offset: number, message: string): null {
    this.problem(offset, message);
    return null;
  }

  #placeAt(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }
}

const keyOf = (path: Path): string => JSON.stringify(path);

const offsetOf = (node: unknown): number => (isNode(node) ? (node.range?.[0] ?? 0) : 0);

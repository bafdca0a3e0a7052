// The settings of a new server: what was said on the command line, as it goes into a file that says nothing yet. Pure.
import { parse, stringify } from 'smol-toml';

import { DEFAULTS, settings } from '../config/config.ts';

type Flags = Readonly<Record<string, string | undefined>>;

const HEAD = '# Settings of fettle-server. "fettle-server help" names them all.\n';

/**
 * @param held of the file; undefined: there is none
 * @returns the file's new text; undefined: it stays as it is. `refused`: it has settings of its own, which nobody overwrites
 */
export const draftSettings = (
  held: string | undefined,
  flags: Flags,
): { readonly text?: string; readonly refused?: readonly string[] } => {
  const said = settings.flatMap(({ key, flag }) => {
    const value = flags[flag];
    return value === undefined ? [] : [{ key, flag, value }];
  });
  if (held !== undefined && said.length === 0) return {};
  if (held !== undefined && Object.keys(parse(held)).length > 0)
    return { refused: said.map(({ flag }) => `--${flag}`) };
  const before = held ?? HEAD;
  const gap = before === '' || before.endsWith('\n') ? '' : '\n';
  return { text: `${before}${gap}${stringify(treeOf(said))}` };
};

type Tree = { [name: string]: Tree | string | number | boolean };

/** "listen.port" is `port` within `listen`. */
const treeOf = (said: readonly { readonly key: string; readonly value: string }[]): Tree => {
  const tree: Tree = {};
  for (const { key, value } of said) {
    const names = key.split('.');
    const last = names.pop() ?? '';
    let place = tree;
    for (const name of names) {
      const next = place[name];
      place = place[name] = typeof next === 'object' ? next : {};
    }
    place[last] = valueOf(key, value);
  }
  return tree;
};

const defaults: Readonly<Record<string, unknown>> = DEFAULTS;

/** What is no such value is kept as it was typed, and refused when the settings are read. */
const valueOf = (key: string, text: string): string | number | boolean => {
  if (typeof defaults[key] === 'number' && /^\d{1,15}$/.test(text)) return Number(text);
  if (typeof defaults[key] === 'boolean' && /^(true|false)$/.test(text)) return text === 'true';
  return text;
};

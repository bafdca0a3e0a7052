// Verbs whose first word says what is to be done: `list`, or an act on something named by the second.
import type { Config } from '../config/config.schema.ts';
import { type FettleStore, readFettle } from '../store/fettle.ts';
import { StoreError } from '../store/store-error.ts';
import { type Arguments, CliError, EXIT, readConfig } from './arguments.ts';
import { refuseWithoutData } from './change.ts';
import { print } from './print.ts';

export type Perform = (args: Arguments, overrides: Partial<Config>) => Promise<number>;
/** @param name the second word. @returns what is said about it */
export type Act = (folder: string, name: string, flags: Arguments['flags']) => string;

export type Item = Readonly<Record<string, string | readonly string[]>>;
type Doings = {
  readonly list: (store: FettleStore) => readonly Item[];
  readonly acts: Readonly<Record<string, Act>>;
};

/** @throws CliError */
export const perform = (args: Arguments, overrides: Partial<Config>, { list, acts }: Doings): Promise<number> => {
  const folder = readConfig(args, overrides).data_dir;
  const [what = 'list', name] = args.operands;
  if (what === 'list' && name === undefined) {
    const items = listIn(folder, list);
    print(args, { items }, items.map(lineOf));
    return Promise.resolve(EXIT.ok);
  }
  const act = Object.hasOwn(acts, what) ? acts[what] : undefined;
  const words = ['list', ...Object.keys(acts)].join(', ');
  if (!act) throw new CliError(EXIT.usage, `"${what}" cannot be done here: ${words}.`);
  if (name === undefined) throw new CliError(EXIT.usage, `Say whom or what: ${what} NAME`);
  const said = act(folder, name, args.flags);
  print(args, { done: what, name }, [said]);
  return Promise.resolve(EXIT.ok);
};

const listIn = (folder: string, list: Doings['list']): readonly Item[] => {
  refuseWithoutData(folder);
  try {
    const store = readFettle(folder);
    try {
      return list(store);
    } finally {
      store.db.close();
    }
  } catch (error) {
    throw error instanceof StoreError ? new CliError(EXIT.failure, error.message) : error;
  }
};

const lineOf = (item: Item): string =>
  Object.values(item)
    .map((value) => (typeof value === 'string' ? value : value.join(',')))
    .join('  ');

// Settings from several sources, the stronger over the weaker, each value remembering where it came from. Reading the sources is the caller's.

export type Setting = {
  /** As in the file: "server.url" is `url` in the section [server]. */
  readonly key: string;
  /** Without flag and variable it stands in a file only: lists and tables. */
  readonly flag?: string;
  readonly env?: string;
  readonly about: string;
};

export type Layer = {
  readonly origin: (key: string) => string;
  readonly values: Readonly<Record<string, unknown>>;
};

type Texts = Readonly<Record<string, string | undefined>>;

export const flagLayer = (settings: readonly Setting[], flags: Texts): Layer =>
  namedLayer(
    settings,
    'flag',
    ({ flag }) => `--${flag}`,
    ({ flag }) => (flag === undefined ? undefined : flags[flag]),
  );

export const envLayer = (settings: readonly Setting[], env: Texts): Layer =>
  namedLayer(
    settings,
    'environment',
    ({ env: name }) => name ?? '',
    ({ env: name }) => (name === undefined ? undefined : env[name]),
  );

const namedLayer = (
  settings: readonly Setting[],
  kind: string,
  nameOf: (setting: Setting) => string,
  valueOf: (setting: Setting) => string | undefined,
): Layer => {
  const set = settings.filter((setting) => valueOf(setting) !== undefined);
  return {
    origin: (key) =>
      `${kind} ${set
        .filter((setting) => setting.key === key)
        .map(nameOf)
        .join()}`,
    values: Object.fromEntries(set.map((setting) => [setting.key, valueOf(setting)])),
  };
};

/** @param tree a parsed file; @param origin its name for people */
export const treeLayer = (tree: object, origin: string): Layer => ({ origin: () => origin, values: flatten(tree) });

const flatten = (tree: object, prefix = ''): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(tree).flatMap(([key, value]: [string, unknown]) =>
      isTable(value) ? Object.entries(flatten(value, `${prefix}${key}.`)) : [[`${prefix}${key}`, value] as const],
    ),
  );

/** Lists and dates are values, of the wrong type: passed over, nobody would hear of them. */
const isTable = (value: unknown): value is object => {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

/** @param layers the strongest first */
export const mergeLayers = (layers: readonly Layer[]) => {
  const entries = layers
    .toReversed()
    .flatMap(({ values, origin }) => Object.entries(values).map(([key, value]) => ({ key, value, from: origin(key) })));
  // fromEntries defines own properties, so that "__proto__" is a key like any other
  return {
    values: Object.fromEntries(entries.map(({ key, value }): [string, unknown] => [key, value])),
    origins: Object.fromEntries(entries.map(({ key, from }) => [key, from])),
  };
};

export type SchemaIssue = { readonly path: readonly PropertyKey[]; readonly message: string };

/** One line: where, which setting, what is wrong, what is expected. */
export const explainIssue = (
  settings: readonly Setting[],
  { values, origins }: ReturnType<typeof mergeLayers>,
  issue: SchemaIssue | undefined,
): string => {
  const isKnown = (name: string) => settings.some((setting) => setting.key === name);
  const [top = '', ...within] = issue?.path.map(String) ?? [];
  const key = top || Object.keys(values).find((name) => !isKnown(name)) || '';
  const setting = settings.find((candidate) => candidate.key === key);
  const place = within.map((step) => (/^\d+$/.test(step) ? ` ${Number(step) + 1}` : `, ${step}`)).join('');
  const what = setting
    ? `${place && `entry${place}: `}${issue?.message ?? 'is wrong'}. Expected: ${setting.about}.`
    : `there is no such setting. Settings: ${settings.map((known) => known.key).join(', ')}.`;
  return `${origins[key] ?? 'settings'}: ${key}: ${what}`;
};

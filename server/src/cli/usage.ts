// What `fettle-server help` prints.
import { FILE, settings } from '../config/config.ts';

export type About = { readonly options?: string; readonly about: string };

const columns = (rows: readonly (readonly [string, ...string[]])[]): readonly string[] => {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
};

export const usageOf = (verbs: Readonly<Record<string, About>>): string =>
  [
    'usage: fettle-server VERB [--json] [--SETTING VALUE …]',
    '',
    ...columns(
      Object.entries(verbs).map(([name, { options, about }]) => [options ? `${name} ${options}` : name, about]),
    ),
    '',
    `Settings: by flag, else by the environment, else from the file ${FILE}.`,
    '',
    ...columns([
      ['--config', 'FETTLE_SERVER_CONFIG', 'another file'],
      ...settings.map(({ key, flag, env, about }) => [`--${flag}`, env, `${key}: ${about}`] as const),
    ]),
  ].join('\n');

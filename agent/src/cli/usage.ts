// What the program can do, as text.
import { settings } from '../config/settings.ts';
import { table } from './exit.ts';

/** `words`: what stands behind the verb. Without `about` a verb is not for people. */
export type VerbUsage = { readonly words?: string; readonly about?: string };

const PROGRAM = 'fettle-agent';

/** All verbs, and every setting. */
export const usage = (verbs: Readonly<Record<string, VerbUsage>>): string =>
  [
    `usage: ${PROGRAM} VERB [--json] [--config FILE] [--SETTING VALUE …]`,
    '',
    ...table(
      Object.entries(verbs).flatMap(([name, { words, about }]) =>
        about === undefined ? [] : [[`  ${phrase(name, words)}`, about]],
      ),
    ),
    '',
    ...settingLines(),
    '',
    `More on one of them: ${PROGRAM} VERB --help`,
  ].join('\n');

export const verbUsage = (name: string, { words, about = '' }: VerbUsage): string =>
  [
    `usage: ${PROGRAM} ${phrase(name, words)} [--json] [--config FILE] [--SETTING VALUE …]`,
    about,
    '',
    ...settingLines(),
  ].join('\n');

const phrase = (name: string, words: string | undefined): string => (words === undefined ? name : `${name} ${words}`);

const settingLines = (): readonly string[] => [
  'Settings, by flag, environment variable or in the file (FETTLE_CONFIG names another one):',
  ...table(
    settings.flatMap(({ flag, env = '', about }) => (flag === undefined ? [] : [[`  --${flag} VALUE`, env, about]])),
  ),
  '',
  'In the file only:',
  ...table(settings.flatMap(({ key, flag, about }) => (flag === undefined ? [[`  ${key}`, about]] : []))),
];

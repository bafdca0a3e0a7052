// The agent's configuration: flag, then environment, managed policy, file, default. Read and checked once, at start.

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { type Layer, envLayer, explainIssue, flagLayer, mergeLayers, treeLayer } from '@fettle/shared/config/layers';
import { codeOf, messageOf } from '@fettle/shared/error';
import { TomlError, parse } from 'smol-toml';

import { checkProblem } from './check-needs.ts';
import { type Config, configSchema } from './config.schema.ts';
import type { Declared } from './declared.schema.ts';
import { managedTree } from './managed.ts';
import { settings } from './settings.ts';

/** A setting cannot be used. Names the source and the key, and what to do. */
export class ConfigError extends Error {}

export type LoadedConfig = { readonly config: Config; readonly origins: Readonly<Record<string, string>> };

export type ConfigSources = {
  readonly flags: Readonly<Record<string, string | undefined>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** Of a configuration profile, where the system has such. */
  readonly managed?: { readonly path: string; readonly json: string } | undefined;
};

/** @throws ConfigError */
export const loadConfig = (sources: ConfigSources): LoadedConfig => {
  const { flags, env, managed } = sources;
  const folder = configFolder(sources);
  const chosen = flags['config'] ?? env['FETTLE_CONFIG'];
  const merged = mergeLayers([
    flagLayer(settings, flags),
    envLayer(settings, env),
    ...(managed ? [managedLayer(managed)] : []),
    fileLayer('managed policy', join(folder, 'managed.toml'), false),
    fileLayer('file', chosen ?? join(folder, 'agent.toml'), chosen !== undefined),
    {
      origin: () => 'default',
      values: { data_dir: dataFolder(sources), 'log.level': 'info', tags: [], ...NOTHING_DECLARED },
    },
  ]);
  const parsed = configSchema.safeParse({ ...merged.values, tags: parted(merged.values['tags']) });
  if (!parsed.success) throw new ConfigError(explainIssue(settings, merged, parsed.error.issues[0]));
  const url = parsed.data['server.url'];
  if (url !== undefined && !URL.canParse(url)) {
    throw new ConfigError(explainIssue(settings, merged, { path: ['server.url'], message: 'is no address' }));
  }
  const problem = checkProblem(parsed.data.check);
  if (problem) throw new ConfigError(explainIssue(settings, merged, problem));
  return { config: Object.freeze(parsed.data), origins: merged.origins };
};

const parted = (value: unknown): unknown =>
  typeof value === 'string' ? value.split(',').flatMap((tag) => tag.trim() || []) : value;

/** As where no file declares anything. */
export const NOTHING_DECLARED: Declared = {
  'services.watch': [],
  'services.ignore': [],
  'certificates.files': [],
  disk: [],
  backup: [],
  check: [],
};

const managedLayer = ({ path, json }: NonNullable<ConfigSources['managed']>): Layer => {
  const tree = managedTree(json);
  if (tree) return treeLayer(tree, `managed policy ${path}`);
  throw new ConfigError(`${path} is no dictionary: mend the profile for com.fettle.agent.`);
};

const fileLayer = (kind: string, path: string, isNeeded: boolean): Layer => {
  const text = readText(path, isNeeded);
  const tree = text === undefined ? {} : parseToml(path, text);
  if (declaresCommand(tree)) refuseOpenFile(path);
  return treeLayer(tree, `${kind} ${path}`);
};

/** Its programs run with the agent's rights: whoever can write the file would have them. */
const declaresCommand = (tree: object): boolean =>
  'backup' in tree &&
  Array.isArray(tree.backup) &&
  tree.backup.some((one: unknown) => typeof one === 'object' && one !== null && 'command' in one);

const WRITABLE_BY_OTHERS = 0o022;

const refuseOpenFile = (path: string): void => {
  if (process.platform === 'win32') return; // which has other rights
  const { mode, uid } = statSync(path);
  if ((mode & WRITABLE_BY_OTHERS) === 0 && (uid === 0 || uid === process.getuid?.())) return;
  throw new ConfigError(
    `${path} declares a program to run, and can be changed by others than root: chown root ${path} && chmod go-w ${path}`,
  );
};

const readText = (path: string, isNeeded: boolean): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (!isNeeded && codeOf(error) === 'ENOENT') return undefined;
    throw new ConfigError(`${path} cannot be read: ${messageOf(error)}`);
  }
};

const parseToml = (path: string, text: string): object => {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [what] = error.message.split('\n');
    throw new ConfigError(`${path} is not TOML, line ${error.line}, column ${error.column}: ${what}`);
  }
};

const configFolder = ({ platform, env }: ConfigSources): string => {
  if (platform === 'win32') return join(env['ProgramData'] ?? 'C:\\ProgramData', 'Fettle');
  return platform === 'darwin' ? '/Library/Application Support/Fettle' : '/etc/fettle';
};

const dataFolder = (sources: ConfigSources): string =>
  sources.platform === 'linux' ? '/var/lib/fettle' : join(configFolder(sources), 'data');

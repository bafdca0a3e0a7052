// The agent's configuration: flag, then environment, managed policy, file, default. Read and checked once, at start.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { type Layer, envLayer, explainIssue, flagLayer, mergeLayers, treeLayer } from '@fettle/shared/config/layers';
import { TomlError, parse } from 'smol-toml';

import { type Config, configSchema } from './config.schema.ts';
import { settings } from './settings.ts';

/** A setting cannot be used. Names the source and the key, and what to do. */
export class ConfigError extends Error {}

export type LoadedConfig = { readonly config: Config; readonly origins: Readonly<Record<string, string>> };

export type ConfigSources = {
  readonly flags: Readonly<Record<string, string | undefined>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
};

/** @throws ConfigError */
export const loadConfig = (sources: ConfigSources): LoadedConfig => {
  const { flags, env } = sources;
  const folder = configFolder(sources);
  const chosen = flags['config'] ?? env['FETTLE_CONFIG'];
  const merged = mergeLayers([
    flagLayer(settings, flags),
    envLayer(settings, env),
    fileLayer('managed policy', join(folder, 'managed.toml'), false),
    fileLayer('file', chosen ?? join(folder, 'agent.toml'), chosen !== undefined),
    { origin: () => 'default', values: { data_dir: dataFolder(sources), 'log.level': 'info' } },
  ]);
  const parsed = configSchema.safeParse(merged.values);
  if (!parsed.success) throw new ConfigError(explainIssue(settings, merged, parsed.error.issues[0]));
  const url = parsed.data['server.url'];
  if (url !== undefined && !URL.canParse(url)) {
    throw new ConfigError(explainIssue(settings, merged, { path: ['server.url'], message: 'is no address' }));
  }
  return { config: Object.freeze(parsed.data), origins: merged.origins };
};

const fileLayer = (kind: string, path: string, isNeeded: boolean): Layer => {
  const text = readText(path, isNeeded);
  return treeLayer(text === undefined ? {} : parseToml(path, text), `${kind} ${path}`);
};

const readText = (path: string, isNeeded: boolean): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (!isNeeded && error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new ConfigError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
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

// The server's configuration: flag, then environment, file, default. Read and checked once, at start.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';

import { type Setting, envLayer, explainIssue, flagLayer, mergeLayers, treeLayer } from '@fettle/shared/config/layers';
import { codeOf } from '@fettle/shared/error';
import { TomlError, parse } from 'smol-toml';

import { type Config, configSchema } from './config.schema.ts';
import { isLoopback } from './loopback.ts';

/** A setting cannot be used. Names the source and the key, and what to do. */
export class ConfigError extends Error {}

export const settings: readonly (Required<Setting> & { readonly key: keyof Config })[] = [
  { key: 'data_dir', flag: 'data', env: 'FETTLE_SERVER_DATA', about: 'folder of the databases' },
  {
    key: 'listen.host',
    flag: 'host',
    env: 'FETTLE_HOST',
    about: 'address to listen on; beyond loopback only with TLS',
  },
  { key: 'listen.port', flag: 'port', env: 'FETTLE_PORT', about: 'a port number; 0 picks a free one' },
  {
    key: 'public_url',
    flag: 'public-url',
    env: 'FETTLE_PUBLIC_URL',
    about: 'the address that people and agents use, such as https://fettle.example',
  },
  {
    key: 'behind_proxy',
    flag: 'behind-proxy',
    env: 'FETTLE_BEHIND_PROXY',
    about: 'true when a proxy on this machine ends TLS',
  },
  {
    key: 'tls.cert_file',
    flag: 'cert-file',
    env: 'FETTLE_TLS_CERT',
    about: 'PEM file of the certificate and its chain',
  },
  { key: 'tls.key_file', flag: 'key-file', env: 'FETTLE_TLS_KEY', about: 'PEM file of its private key' },
  {
    key: 'retention.raw_days',
    flag: 'raw-days',
    env: 'FETTLE_RAW_DAYS',
    about: 'days that readings are kept, 1 to 3650',
  },
  {
    key: 'retention.event_days',
    flag: 'event-days',
    env: 'FETTLE_EVENT_DAYS',
    about: 'days that the event log is kept, 1 to 3650',
  },
  {
    key: 'backup.dir',
    flag: 'backup-dir',
    env: 'FETTLE_BACKUP_DIR',
    about: 'folder of the backups; best on another disk. Without it: backups in data_dir',
  },
  { key: 'backup.hourly', flag: 'backup-hourly', env: 'FETTLE_BACKUP_HOURLY', about: 'hourly backups kept, 1 to 1000' },
  { key: 'backup.daily', flag: 'backup-daily', env: 'FETTLE_BACKUP_DAILY', about: 'daily backups kept, 1 to 1000' },
  { key: 'smtp.host', flag: 'smtp-host', env: 'FETTLE_SMTP_HOST', about: 'mail server that notices are sent by' },
  { key: 'smtp.port', flag: 'smtp-port', env: 'FETTLE_SMTP_PORT', about: 'its port' },
  {
    key: 'smtp.security',
    flag: 'smtp-security',
    env: 'FETTLE_SMTP_SECURITY',
    about: 'starttls; tls, from the first byte; or none',
  },
  { key: 'smtp.user', flag: 'smtp-user', env: 'FETTLE_SMTP_USER', about: 'name to sign in there; none without it' },
  {
    key: 'smtp.password_file',
    flag: 'smtp-password-file',
    env: 'FETTLE_SMTP_PASSWORD_FILE',
    about: 'file with the password of smtp.user in it',
  },
  {
    key: 'smtp.ca_file',
    flag: 'smtp-ca-file',
    env: 'FETTLE_SMTP_CA_FILE',
    about: 'PEM file of the authority that signed its certificate, where that is your own',
  },
  { key: 'smtp.from', flag: 'smtp-from', env: 'FETTLE_SMTP_FROM', about: 'sender of the mails' },
  {
    key: 'notices.private_hosts',
    flag: 'notice-private-hosts',
    env: 'FETTLE_NOTICE_PRIVATE_HOSTS',
    about: 'comma list of names and addresses within your own network that channels may lead to',
  },
  {
    key: 'heartbeat.url',
    flag: 'heartbeat-url',
    env: 'FETTLE_HEARTBEAT_URL',
    about:
      'address that is asked each minute while this server works, of a service that raises the alarm when it is not',
  },
  { key: 'log.level', flag: 'log-level', env: 'FETTLE_LOG_LEVEL', about: 'debug, info, warn, error or silent' },
];

export const DEFAULTS = {
  data_dir: '/var/lib/fettle-server',
  'listen.host': '127.0.0.1',
  'listen.port': 7373,
  behind_proxy: false,
  'retention.raw_days': 14,
  'retention.event_days': 90,
  'backup.hourly': 24,
  'backup.daily': 7,
  'smtp.port': 587,
  'smtp.security': 'starttls',
  'notices.private_hosts': '',
  'log.level': 'info',
} as const;

export const FILE = '/etc/fettle/server.toml';

type Texts = Readonly<Record<string, string | undefined>>;

/** The file that somebody named; undefined: none, and the usual one need not be there. */
export const chosenFile = (flags: Texts, env: Texts): string | undefined =>
  flags['config'] ?? env['FETTLE_SERVER_CONFIG'];

/** @param overrides what the caller's situation makes the default. @throws ConfigError */
export const loadConfig = (flags: Texts, env: Texts, overrides: Partial<Config> = {}): Config => {
  const chosen = chosenFile(flags, env);
  const merged = mergeLayers([
    flagLayer(settings, flags),
    envLayer(settings, env),
    treeLayer(readFile(chosen ?? FILE, chosen !== undefined), `file ${chosen ?? FILE}`),
    { origin: () => 'default', values: { ...DEFAULTS, ...overrides } },
  ]);
  const parsed = configSchema.safeParse(merged.values);
  if (!parsed.success) throw new ConfigError(explainIssue(settings, merged, parsed.error.issues[0]));
  return parsed.data;
};

export const backupFolderOf = (config: Pick<Config, 'data_dir' | 'backup.dir'>): string =>
  config['backup.dir'] ?? join(config.data_dir, 'backups');

const readFile = (path: string, isNeeded: boolean): object => {
  try {
    return parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (!isNeeded && codeOf(error) === 'ENOENT') return {};
    if (!(error instanceof TomlError)) throw new ConfigError(`${path} cannot be read: ${String(error)}`);
    const [what] = error.message.split('\n');
    throw new ConfigError(`${path} is not TOML, line ${error.line}, column ${error.column}: ${what}`);
  }
};

/** What belongs together. @throws ConfigError */
export const checkListening = (config: Config): void => {
  const [cert, key] = [config['tls.cert_file'], config['tls.key_file']];
  if ((cert === undefined) !== (key === undefined))
    throw new ConfigError('tls.cert_file and tls.key_file go together: set both or neither.');
  const isBeyond = !isLoopback(config['listen.host']);
  if (isBeyond && cert === undefined && !config.behind_proxy) {
    throw new ConfigError(
      `listen.host: ${config['listen.host']} is beyond loopback, and there is no TLS. Set tls.cert_file and tls.key_file, or behind_proxy when a proxy ends TLS.`,
    );
  }
  checkPublicUrl(config, isBeyond);
  if (cert !== undefined && key !== undefined) checkTls(cert, key);
};

const checkPublicUrl = (config: Config, isBeyond: boolean): void => {
  const { public_url: url, behind_proxy: isBehindProxy } = config;
  // behind a proxy, too, pages come from that address, and from no other are they trusted
  if ((isBeyond || isBehindProxy) && url === undefined)
    throw new ConfigError('public_url: set the address that people and agents use, such as https://fettle.example.');
  // browsers keep the session of a TLS server from pages without TLS
  if ((isBehindProxy || config['tls.cert_file'] !== undefined) && url?.startsWith('http:'))
    throw new ConfigError(`public_url: ${url} is without TLS, and this server is reached by TLS. Set https://…`);
};

const checkTls = (certFile: string, keyFile: string): void => {
  const [cert, key] = [readPem('tls.cert_file', certFile), readPem('tls.key_file', keyFile)];
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    throw new ConfigError(
      `tls.cert_file, tls.key_file: ${certFile} and ${keyFile} are no certificate and its key, in PEM: ${String(error)}`,
    );
  }
};

const readPem = (setting: string, path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigError(`${setting}: ${path} cannot be read: ${String(error)}`);
  }
};

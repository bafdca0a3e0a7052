// fettle-agent support-bundle: what whoever helps needs to see, in one archive. Keys, tokens and passwords stay here.
import { withoutCredentials } from '@fettle/shared/words/credentials';

import type { Config } from '../config/config.schema.ts';
import { settings } from '../config/settings.ts';
import { findProgram } from '../host/programs.ts';
import { runProgram } from '../host/run-program.ts';
import { VERSION } from '../version.ts';
import type { ArchiveFile } from './archive/tar.ts';
import { isArchive, outOf, writeOut } from './archive/write-out.ts';
import { type Arguments, readConfig } from './arguments.ts';
import { diagnose } from './doctor/doctor.ts';
import { linesOf } from './doctor/finding.ts';
import { CliError, EXIT, type ExitCode, endSoon, print } from './exit.ts';
import { filesOf, thisHost } from './place.ts';
import { withoutSecrets } from './record/redaction.ts';
import { rulesHere } from './rules.ts';
import { agentNow } from './status.ts';

const USAGE = 'support-bundle --out FILE.tar.gz';
const LOG_LINES = '500';
const LOG_MS = 10_000;

export const supportBundle = async (args: Arguments): Promise<ExitCode> => {
  const out = outOf(args, USAGE);
  if (!isArchive(out)) throw new CliError(EXIT.usage, `${out} does not end in .tar.gz.\nusage: fettle-agent ${USAGE}`);
  const files = await bundleFiles(args);
  writeOut(out, files);
  const names = files.map(({ path }) => path);
  print(args.isJson, { out, files: names }, [`${out}: ${names.join(', ')}`, 'Read it before you send it.']);
  endSoon();
  return EXIT.ok;
};

const bundleFiles = async (args: Arguments): Promise<readonly ArchiveFile[]> => {
  const { config, origins } = readConfig(args);
  const diagnosis = await diagnose(args);
  const log = await lastLog();
  const { node, ...versions } = process.versions;
  const files: readonly ArchiveFile[] = [
    { path: 'doctor.json', content: jsonOf(diagnosis) },
    { path: 'doctor.txt', content: `${linesOf(diagnosis.findings).join('\n')}\n` },
    { path: 'status.json', content: jsonOf((await agentNow(filesOf(config).status).catch(() => undefined)) ?? null) },
    { path: 'config.json', content: jsonOf(settings.map(({ key }) => shown(config, key, origins))) },
    { path: 'rules.json', content: jsonOf(await rulesHere(config, thisHost(config), diagnosis.collectors)) },
    { path: 'versions.json', content: jsonOf({ agent: VERSION, node, platform: diagnosis.platform, ...versions }) },
    ...(log === '' ? [] : [{ path: 'log.txt', content: log }]),
  ];
  return files.map(({ path, content }) => ({ path, content: withoutSecrets(String(content)) }));
};

const jsonOf = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`;

const shown = (config: Config, key: keyof Config, origins: Readonly<Record<string, string>>) => ({
  key,
  value: (isSecret(key) && config[key] !== undefined ? REMOVED : withoutSecretValues(config[key])) ?? null,
  origin: origins[key] ?? 'not set',
});

/** A file's name is none, what stands under such a key itself is. */
const SECRET_KEY = /(?:pass|secret|token|community|key|auth|priv)/i;
const FILE_KEY = /(?:_file|_log)$/;
const REMOVED = '[removed]';

const isSecret = (key: string): boolean => SECRET_KEY.test(key) && !FILE_KEY.test(key);

const withoutSecretValues = (value: unknown): unknown => {
  if (typeof value === 'string') return withoutCredentials(value);
  if (Array.isArray(value)) return value.map(withoutSecretValues);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]: [string, unknown]) => [
      key,
      isSecret(key) ? REMOVED : withoutSecretValues(part),
    ]),
  );
};

/** Of the service, where systemd keeps it; "" elsewhere. */
const lastLog = async (): Promise<string> => {
  const path = findProgram('journalctl');
  if (path === undefined) return '';
  const unit = ['--unit', 'fettle-agent', '--lines', LOG_LINES, '--no-pager', '--output', 'short-iso'];
  const said = await runProgram(path, [...unit, '--quiet'], { timeoutMs: LOG_MS, codes: [0] }).catch(() => undefined);
  return said?.stdout ?? '';
};

// Where --out says: one archive, or a new folder.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { messageOf } from '@fettle/shared/error';

import { ensureFolder } from '../../host/ensure-folder.ts';
import type { Arguments } from '../arguments.ts';
import { CliError, EXIT } from '../exit.ts';
import { type ArchiveFile, tarGz } from './tar.ts';

const ARCHIVE = /\.(?:tar\.gz|tgz)$/;

/** @throws CliError */
export const outOf = ({ flags }: Arguments, usage: string): string => {
  const { out } = flags;
  if (out === undefined) throw new CliError(EXIT.usage, `usage: fettle-agent ${usage}`);
  // told before the work, not after it
  if (existsSync(out)) throw new CliError(EXIT.failure, `--out: ${out} is there already. Name another one.`);
  const folder = dirname(resolve(out));
  if (!existsSync(folder)) throw new CliError(EXIT.failure, `--out: there is no folder ${folder}.`);
  return out;
};

export const isArchive = (path: string): boolean => ARCHIVE.test(path);

/** Nothing that is there is written over. Readable by its owner alone. @throws CliError */
export const writeOut = (out: string, files: readonly ArchiveFile[]): void => {
  try {
    if (isArchive(out)) return writeFileSync(out, tarGz(files, Date.now()), { mode: 0o600, flag: 'wx' });
    mkdirSync(out, { mode: 0o700 });
    for (const { path, content } of files) {
      ensureFolder(dirname(join(out, path)));
      writeFileSync(join(out, path), content, { mode: 0o600, flag: 'wx' });
    }
  } catch (error) {
    throw new CliError(EXIT.failure, `--out: ${messageOf(error)}`);
  }
};

// The files that may hold certificates. Folders are read two levels deep, as certbot lays them out.
import type { Reason } from '@fettle/shared/wire/record.schema';

import type { ChildHost } from '../../host/host.ts';
import { reasonOf } from '../collector.ts';

const FILES_MAX = 500;
const DEPTH = 2;
const EXTENSION = /\.(?:pem|crt|cer|der)$/i;

/** `isDeclared`: named itself, so that it is wrong if it holds none. */
export type CertificateFile = { readonly path: string; readonly isDeclared: boolean };
export type CertificateFiles = { readonly files: readonly CertificateFile[]; readonly problems: readonly Reason[] };

export const certificateFiles = async (host: ChildHost): Promise<CertificateFiles> => {
  const problems: Reason[] = [];
  const files: CertificateFile[] = [];
  const walk = async (path: string, level: number): Promise<void> => {
    if (files.length > FILES_MAX) return;
    try {
      const { kind } = await host.statFile(path);
      const isDeclared = level === 0;
      if (kind === 'file' && (isDeclared || EXTENSION.test(path))) files.push({ path, isDeclared });
      if (kind !== 'folder' || level > DEPTH) return;
      for (const name of (await host.listFolder(path)).toSorted()) await walk(`${path}/${name}`, level + 1);
    } catch (error) {
      problems.push(reasonOf(error));
    }
  };
  for (const path of host.declared['certificates.files']) await walk(path, 0);
  if (files.length > FILES_MAX)
    problems.push({ code: 'parse_error', detail: `there are more than ${FILES_MAX} files: as many are read` });
  return { files: files.slice(0, FILES_MAX), problems };
};

// How long the declared certificates are good for.
import type { Sample } from '@fettle/shared/metric/sample';
import type { Reason } from '@fettle/shared/wire/record.schema';

import type { Certificate, ChildHost } from '../../host/host.ts';
import { type Capability, type Collector, type Reading, available, reasonOf, unavailable } from '../collector.ts';
import { slowOnes } from '../slow.ts';
import { type CertificateFile, certificateFiles } from './certificate-files.ts';
import { certificatesIn } from './pem.parse.ts';

const CERTIFICATES_MAX = 500;
/** Of a path that is longer, its end is shown: it tells more. */
const PATH_SHOWN = 180;
const NAME_SHOWN = 100;

export const certificates = (): Collector<ChildHost> => ({ ...slowOnes.certificates, probe, collect });

const probe = ({ declared }: ChildHost): Promise<Capability> => {
  const { length } = declared['certificates.files'];
  return Promise.resolve(
    length > 0
      ? available(`${length} declared`)
      : unavailable('no_hardware', 'no certificate is declared', 'name files or folders in certificates.files'),
  );
};

type Found = Certificate & { readonly path: string };

const collect = async (host: ChildHost): Promise<Reading> => {
  const { files, problems } = await certificateFiles(host);
  const partial = [...problems];
  /** By fingerprint: a chain repeats what stands in a file of its own. */
  const found = new Map<string, Found>();
  for (const file of files) {
    const { certificates: all, problem } = await read(host, file);
    if (problem) partial.push(problem);
    for (const one of all) if (!found.has(one.fingerprint)) found.set(one.fingerprint, { ...one, path: file.path });
  }
  if (found.size > CERTIFICATES_MAX)
    partial.push({
      code: 'parse_error',
      detail: `there are ${found.size} certificates: ${CERTIFICATES_MAX} are taken`,
    });
  return { samples: samplesOf([...found.values()].slice(0, CERTIFICATES_MAX), host.wallMs()), partial };
};

type File = { readonly certificates: readonly Certificate[]; readonly problem?: Reason };

const read = async (host: ChildHost, { path, isDeclared }: CertificateFile): Promise<File> => {
  try {
    const blocks = certificatesIn(await host.readFile(path), CERTIFICATES_MAX);
    const all = blocks.flatMap((bytes) => host.certificate(bytes) ?? []);
    if (all.length < blocks.length)
      return { certificates: all, problem: broken(`${path} holds one that cannot be read`) };
    // a folder also holds keys and requests
    if (all.length === 0 && isDeclared)
      return { certificates: [], problem: broken(`${path} holds none in PEM or DER`) };
    return { certificates: all };
  } catch (error) {
    return { certificates: [], problem: reasonOf(error) };
  }
};

const broken = (detail: string): Reason => ({ code: 'parse_error', detail });

/** The same name twice within a file is told apart by the fingerprint. */
const samplesOf = (found: readonly Found[], nowMs: number): readonly Sample[] => {
  const seen = new Set<string>();
  return found.map(({ name, path, fingerprint, expiresMs }) => {
    const plain = `${name.slice(0, NAME_SHOWN) || 'unnamed'} (${path.length > PATH_SHOWN ? `…${path.slice(-PATH_SHOWN)}` : path})`;
    const shown = seen.has(plain) ? `${plain} ${fingerprint.slice(0, 12)}` : plain;
    seen.add(shown);
    return {
      metric: 'fettle.certificate.remaining',
      attributes: { 'fettle.certificate.name': shown },
      value: (expiresMs - nowMs) / 1000,
    };
  });
};

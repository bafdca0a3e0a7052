// For benchmarks and tests over TLS on loopback: an authority, and a certificate for 127.0.0.1 that it has signed. Needs openssl.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export type Certificates = { readonly ca: string; readonly cert: string; readonly key: string };

/** @returns paths of PEM files in `folder`, valid for a day */
export const makeCertificates = (folder: string): Certificates => {
  const at = (name: string): string => join(folder, name);
  const { ca, cert, key } = { ca: at('ca.pem'), cert: at('cert.pem'), key: at('key.pem') };
  openssl('req -x509 -days 1 -subj /CN=authority', NEW_KEY, { '-keyout': at('ca.key'), '-out': ca });
  openssl('req -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1', NEW_KEY, {
    '-keyout': key,
    '-out': at('request'),
  });
  const signer = { '-CA': ca, '-CAkey': at('ca.key') };
  openssl('x509 -req -days 1 -CAcreateserial', '-copy_extensions copy', {
    '-in': at('request'),
    ...signer,
    '-out': cert,
  });
  return { ca, cert, key };
};

const NEW_KEY = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes';

const openssl = (command: string, options: string, files: Readonly<Record<string, string>>): void => {
  execFileSync('openssl', [...command.split(' '), ...options.split(' '), ...Object.entries(files).flat()], {
    stdio: 'ignore',
  });
};

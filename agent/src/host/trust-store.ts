// Whose certificates are trusted on Linux: those of the system, which its administrator keeps (--use-openssl-ca). Node's own
// list would cost every agent 1.5 MiB. OpenSSL looks into /etc/ssl/certs, where most distributions have them by their hashes.
import { existsSync } from 'node:fs';

/** Where Red Hat and its kin have them, in one file. */
const RED_HAT = '/etc/pki/tls/certs/ca-bundle.crt';

/** Before the first connection. What the environment says already stands. */
export const chooseTrustStore = (env: NodeJS.ProcessEnv): void => {
  if (env['SSL_CERT_FILE'] === undefined && existsSync(RED_HAT)) env['SSL_CERT_FILE'] = RED_HAT;
};

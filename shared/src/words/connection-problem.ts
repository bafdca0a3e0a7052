// Why a connection to the server failed, and what to do about it where the code of the error says so.

const AUTHORITY =
  'install the ca-certificates of the system, or, if the server has an authority of your own, name its PEM file in server.ca_file';

/** What Node adds for programmers, and OpenSSL for its authors. */
const NOISE = /; if the root CA is.*| [0-9A-F]+:error:.*/s;

/** By the code that Node and OpenSSL give. */
const ADVICE: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: AUTHORITY,
  SELF_SIGNED_CERT_IN_CHAIN: AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: AUTHORITY,
  CERT_HAS_EXPIRED: 'renew the certificate of the server, or set the clock of this machine right',
  CERT_NOT_YET_VALID: 'set the clock of this machine right, or that of the machine that made the certificate',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'put a name of the certificate into server.url, or give the server a certificate for this one',
  EPROTO: 'the other side speaks no TLS, or another one: check server.url',
  ECONNREFUSED: 'check server.url, and that the server runs',
  ENOTFOUND: 'check the name in server.url',
  ERR_PROXY_TUNNEL: 'check proxy, or HTTPS_PROXY, and that the proxy lets this machine through',
  EAI_AGAIN: 'check the DNS of this machine',
};

/** @param error as sockets and requests give it; one that tried several addresses has no message of its own */
export const connectionProblem = (error: unknown): string => {
  const { message, code } = read(error);
  const advice = isUnknownToProxy(code, message) ? PROXY_LOGIN : ADVICE[code];
  const plain = message.replace(NOISE, '');
  return advice === undefined ? plain : `${plain} (${advice})`;
};

const PROXY_LOGIN = 'the proxy wants another name and password: set proxy to http://USER:PASSWORD@…';

const isUnknownToProxy = (code: string, message: string): boolean =>
  code === 'ERR_PROXY_TUNNEL' && /: HTTP\/\S+ 407\b/.test(message);

const read = (error: unknown): { readonly message: string; readonly code: string } => {
  if (!(error instanceof Error)) return { message: String(error), code: '' };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (error.message !== '') return { message: error.message, code };
  const parts: readonly unknown[] = error instanceof AggregateError ? error.errors : [];
  const message = parts.map((part) => read(part).message).join(', ');
  return { message: message || code || error.name, code };
};

import { X509Certificate } from 'node:crypto';

import type { Certificate } from './host.ts';

/** @param bytes PEM or DER of one certificate */
export const readCertificate = (bytes: Uint8Array): Certificate | undefined => {
  try {
    const { subject, subjectAltName, validToDate, fingerprint256 } = new X509Certificate(bytes);
    const expiresMs = validToDate.getTime();
    if (!Number.isFinite(expiresMs)) return undefined;
    return {
      fingerprint: fingerprint256.replaceAll(':', '').toLowerCase(),
      name: nameOf(subject, subjectAltName),
      expiresMs,
    };
  } catch {
    return undefined;
  }
};

/** What the subject calls itself, the nearest first. */
const SUBJECT_KEYS = ['CN=', 'OU=', 'O='] as const;

/** Node gives "KEY=VALUE" lines, and alternative names as "DNS:a, DNS:b". */
const nameOf = (subject = '', alternatives = ''): string => {
  const lines = subject.split('\n');
  const values = SUBJECT_KEYS.map((key) => lines.findLast((line) => line.startsWith(key))?.slice(key.length));
  return values.find(Boolean) ?? /^[^:,]+:([^,]*)/.exec(alternatives)?.[1] ?? '';
};

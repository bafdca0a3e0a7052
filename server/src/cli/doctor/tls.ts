// The certificate: still good, for the name that people use, and for how long?
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { messageOf } from '@fettle/shared/error';
import { DAY_MS } from '@fettle/shared/time';

import type { Config } from '../../config/config.schema.ts';
import { type Finding, bad, ok } from '../../store/check/finding.ts';

const WHAT = 'certificate';
/** Of what is renewed by a program, a third of its life is left when that does its work. */
const SOON_DAYS = 14;
const RENEW = 'Renew it, put it into tls.cert_file with its chain, and restart the server.';

/** Of a server that ends TLS itself; none for others. */
export const checkCertificate = (config: Config, nowMs: number): readonly Finding[] => {
  const file = config['tls.cert_file'];
  if (file === undefined) return [];
  try {
    return [tellCertificate(new X509Certificate(readFileSync(file)), hostOf(config.public_url), nowMs)];
  } catch (error) {
    return [bad(WHAT, `${file}: ${messageOf(error)}`, 'Check tls.cert_file.')];
  }
};

const hostOf = (url: string | undefined): string | undefined =>
  url === undefined ? undefined : new URL(url).hostname.replace(/^\[|\]$/g, '');

type Certificate = Pick<X509Certificate, 'validFromDate' | 'validToDate' | 'checkHost' | 'checkIP'>;

/** @param host that people and agents use; undefined: not known */
export const tellCertificate = (certificate: Certificate, host: string | undefined, nowMs: number): Finding => {
  const [from, to] = [certificate.validFromDate, certificate.validToDate];
  const days = Math.floor((to.getTime() - nowMs) / DAY_MS);
  if (nowMs < from.getTime()) return bad(WHAT, `it is good from ${from.toISOString()} on`, 'Is the clock right?');
  if (nowMs > to.getTime()) return bad(WHAT, `it expired on ${to.toISOString()}`, RENEW);
  if (host !== undefined && certificate.checkHost(host) === undefined && certificate.checkIP(host) === undefined)
    return bad(
      WHAT,
      `it is not for ${host}`,
      'Agents and browsers refuse it. Set public_url, or get one for that name.',
    );
  if (days < SOON_DAYS) return { level: 'note', what: WHAT, message: `it expires in ${days} days`, advice: RENEW };
  return ok(WHAT, `good for ${days} days`);
};

// Does the address that people and agents are told lead here?
import { codeOf, messageOf } from '@fettle/shared/error';
import { SECOND_MS } from '@fettle/shared/time';

import { type Finding, bad, ok } from '../../store/check/finding.ts';

const WHAT = 'address';
const WAIT_MS = 5 * SECOND_MS;

/** OpenSSL's names for it, as Node has them. */
const UNKNOWN_AUTHORITY = /SELF_SIGNED|UNABLE_TO_(?:VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT)/;
const OWN_CA = 'Give each agent its certificate: server.ca_file. Or let the machines trust it.';

/** @param url public_url; @param runs a server on these data */
export const checkAddress = async (url: string | undefined, runs: boolean): Promise<Finding> => {
  if (url === undefined) return { level: 'note', what: WHAT, message: 'no public_url: only this machine reaches it' };
  if (!runs) return { level: 'note', what: WHAT, message: `${url} was not tried: the server does not run` };
  const place = new URL('/healthz', url);
  try {
    const answer = await fetch(place, { signal: AbortSignal.timeout(WAIT_MS), redirect: 'manual' });
    await answer.body?.cancel();
    if (answer.status === 200) return ok(WHAT, `${url} leads here`);
    const advice =
      answer.status === 421
        ? 'A server answers that goes by another name. Let the proxy in front pass the Host header on.'
        : 'Another program answers, or a proxy that does not reach this server.';
    return bad(WHAT, `${place.href} answers ${answer.status}`, advice);
  } catch (error) {
    if (UNKNOWN_AUTHORITY.test(reasonOf(error)))
      return {
        level: 'note',
        what: WHAT,
        message: `${url}: an authority that this machine does not know`,
        advice: OWN_CA,
      };
    return bad(
      WHAT,
      `${place.href}: ${reasonOf(error)}`,
      'Agents cannot reach it either. Check its name (DNS), proxy and firewall.',
    );
  }
};

/** fetch says why in its cause. */
const reasonOf = (error: unknown): string => {
  const { cause } = error instanceof Error ? error : {};
  return codeOf(cause) ?? messageOf(cause ?? error);
};

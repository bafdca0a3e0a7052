// Does the site answer as it should, how fast, and how long is its certificate good?
import type { CheckHost, HttpAnswer } from '../../host/host.ts';
import type { Fact } from '../facts.ts';
import type { CheckKind } from './check.ts';
import type { Finding } from './finding.ts';

type HttpCheck = CheckKind & { readonly is: 'http' };

/** The text must be within the beginning of the page. */
const BODY_MAX_BYTES = 256 * 1024;

/** @param wallMs now, for the certificate. @throws HostError */
export const lookByHttp = async (
  host: CheckHost,
  check: HttpCheck,
  { timeoutMs, wallMs }: { timeoutMs: number; wallMs: number },
): Promise<Finding> => {
  const bodyMaxBytes = check.text === undefined ? 0 : BODY_MAX_BYTES;
  const answer = await host.request(check.url, { timeoutMs, bodyMaxBytes });
  const why = faultOf(answer, check);
  const { status, ms, certificate } = answer;
  return {
    passed: why === undefined,
    ...(why !== undefined && { why }),
    values: [
      { metric: 'fettle.check.status', value: status },
      { metric: 'fettle.check.latency', value: ms / 1000 },
      ...(certificate
        ? [
            {
              metric: 'fettle.check.certificate.remaining',
              value: (certificate.validToMs - wallMs) / 1000,
            } as const,
          ]
        : []),
    ],
    facts: certificate ? certificateFacts(certificate) : [],
  };
};

const faultOf = ({ status, body }: HttpAnswer, check: HttpCheck): string | undefined => {
  const isRight = check.status === undefined ? status >= 200 && status < 400 : status === check.status;
  if (!isRight) return `the status is ${status}`;
  return check.text === undefined || body.includes(check.text) ? undefined : 'the page lacks the text';
};

const certificateFacts = ({ validToMs, issuer, problem }: NonNullable<HttpAnswer['certificate']>): readonly Fact[] => [
  { label: 'Certificate until', value: dateOf(validToMs) },
  { label: 'Certificate by', value: issuer },
  { label: 'Certificate is trusted', value: problem === undefined ? 'yes' : `no: ${problem}` },
];

const dateOf = (ms: number): string => Temporal.Instant.fromEpochMilliseconds(ms).toString().slice(0, 10);

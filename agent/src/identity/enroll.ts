// How a new agent becomes a device: a token from an administrator, a key of its own, and proof that it has it.
import type { Device } from '@fettle/shared/rule/scope';
import { cleanText } from '@fettle/shared/wire/bytes';
import { type EnrollRequest, enrollAnswer, enrollChallenge } from '@fettle/shared/wire/enroll.schema';
import { enrollProof } from '@fettle/shared/wire/signing';
import { connectionProblem } from '@fettle/shared/words/connection-problem';

import type { Enrolled, Identity } from './identity.ts';

export type EnrollParts = {
  readonly identity: Identity;
  readonly post: (path: string, body: unknown) => Promise<{ readonly status: number; readonly body: unknown }>;
  readonly serverUrl: string;
  readonly token: string;
  readonly device: Device;
  readonly hostname: string;
  readonly agentVersion: string;
  /** What it is to people. */
  readonly tags: readonly string[];
};

/** `unreachable`: no usable answer, trying later may help. `refused`: the server said no, and why. */
export class EnrollError extends Error {
  readonly kind: 'unreachable' | 'refused';
  constructor(kind: EnrollError['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

const CHECK_URL = 'Check server.url.';

/** @throws EnrollError; what fs throws when the server said yes and it cannot be kept */
export const enroll = async (parts: EnrollParts): Promise<Enrolled> => {
  const { identity, serverUrl, token, device, hostname, agentVersion, tags } = parts;
  const challenge = enrollChallenge.safeParse(await ask(parts, '/api/v1/enroll/challenge', {}));
  if (!challenge.success)
    throw new EnrollError('unreachable', `${serverUrl} does not answer like a Fettle server. ${CHECK_URL}`);
  const { nonce, serverId } = challenge.data;
  const { publicKey } = identity;
  const request: EnrollRequest = {
    nonce,
    token,
    publicKey,
    proof: identity.sign(enrollProof({ serverId, nonce, publicKey })),
    hostname,
    os: device.os,
    class: device.class,
    agentVersion,
    ...(tags.length > 0 && { tags: [...tags] }), // an older server knows none
  };
  const answer = enrollAnswer.safeParse(await ask(parts, '/api/v1/enroll', request));
  if (!answer.success)
    throw new EnrollError(
      'unreachable',
      `${serverUrl} gave an answer that is no enrolment. Are server and agent of the same version?`,
    );
  const { deviceId, site } = answer.data;
  const enrolled = { deviceId, serverId, serverUrl, site };
  await identity.setEnrolled(enrolled);
  return enrolled;
};

const ask = async ({ post, serverUrl }: EnrollParts, path: string, body: unknown): Promise<unknown> => {
  const { status, body: answer } = await reach(post, serverUrl, path, body);
  if (status === 200) return answer;
  const said = detailOf(answer) || adviceFor(status);
  throw new EnrollError(
    status >= 500 || status === 429 ? 'unreachable' : 'refused',
    `${serverUrl} answered ${status}${said ? `: ${said}` : ''}`,
  );
};

/** Where no Fettle server has put it into words. */
const adviceFor = (status: number): string => {
  if (status >= 300 && status < 400) return 'it sends elsewhere. Set server.url to the address that it sends to.';
  if (status >= 500) return 'try again later, or look into the log of the server or of the proxy before it.';
  return status === 404 || status === 405 ? `there is no Fettle server here. ${CHECK_URL}` : '';
};

const reach = async (post: EnrollParts['post'], serverUrl: string, path: string, body: unknown) => {
  try {
    return await post(path, body);
  } catch (error) {
    throw new EnrollError('unreachable', `${serverUrl} cannot be reached: ${connectionProblem(error)}`);
  }
};

const detailOf = (answer: unknown): string =>
  typeof answer === 'object' && answer !== null && 'detail' in answer && typeof answer.detail === 'string'
    ? cleanText(answer.detail)
    : '';

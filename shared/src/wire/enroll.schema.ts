// The two requests by which a new agent becomes a device.
import { z } from 'zod';

import { deviceClasses, operatingSystems } from '../rule/scope.ts';
import { deviceTags } from './tags.schema.ts';
import { base64url, id, text } from './text.schema.ts';

/** Answer of POST /api/v1/enroll/challenge; the nonce works once, for 30 s. */
export const enrollChallenge = z.strictObject({ nonce: base64url(32), serverId: id('s') });

/** Body of POST /api/v1/enroll. */
export const enrollRequest = z.strictObject({
  nonce: base64url(32),
  /** "ft_" and 256 bits */
  token: z.string().regex(/^ft_[A-Za-z0-9_-]{43}$/),
  /** The raw 32 bytes of an Ed25519 public key (RFC 8032). */
  publicKey: base64url(32),
  /** Over `enrollProof` of signing.ts, with that key. */
  proof: base64url(64),
  hostname: text(255),
  os: z.enum(operatingSystems),
  class: z.enum(deviceClasses),
  agentVersion: text(40),
  /** Absent: none. */
  tags: deviceTags.exactOptional(),
});

export const enrollAnswer = z.strictObject({ deviceId: id('d'), serverId: id('s'), site: text(200) });

export type EnrollRequest = z.infer<typeof enrollRequest>;
export type EnrollAnswer = z.infer<typeof enrollAnswer>;

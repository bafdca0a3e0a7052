// How a new agent becomes a device: a challenge, and a proof that answers it. The routes are in http/enroll.ts.
import { randomBytes } from 'node:crypto';

import type { EnrollRequest } from '@fettle/shared/wire/enroll.schema';
import { enrollProof } from '@fettle/shared/wire/signing';

import type { Outcome, WriterEvent } from '../domain/event.ts';
import { hashOf, isSignedBy, isSound } from './device-key.ts';

/** A nonce works once, and not for long. */
const NONCE_MS = 30_000;
const NONCES_MAX = 10_000;

export type EnrolParts = {
  readonly serverId: string;
  readonly commit: (event: WriterEvent) => Promise<Outcome>;
  readonly nowMs: () => number;
};

export class Enrolment {
  readonly #parts: EnrolParts;
  readonly #nonces = new Map<string, number>();

  constructor(parts: EnrolParts) {
    this.#parts = parts;
  }

  get serverId(): string {
    return this.#parts.serverId;
  }

  challenge(): { readonly nonce: string; readonly serverId: string } {
    const nowMs = this.#parts.nowMs();
    for (const [nonce, madeMs] of this.#nonces) {
      if (nowMs - madeMs <= NONCE_MS && this.#nonces.size < NONCES_MAX) break; // the oldest come first
      this.#nonces.delete(nonce);
    }
    const nonce = randomBytes(32).toString('base64url');
    this.#nonces.set(nonce, nowMs);
    return { nonce, serverId: this.#parts.serverId };
  }

  async enrol(request: EnrollRequest): Promise<Outcome> {
    const { nonce, publicKey, proof, token, hostname, os, class: deviceClass, agentVersion, tags = [] } = request;
    const madeMs = this.#nonces.get(nonce);
    this.#nonces.delete(nonce);
    if (madeMs === undefined || this.#parts.nowMs() - madeMs > NONCE_MS) {
      return {
        is: 'refused',
        code: 'nonce_expired',
        message: 'The challenge has expired or was used. Ask for a new one.',
      };
    }
    const { serverId } = this.#parts;
    if (!isSound(publicKey) || !isSignedBy(publicKey, enrollProof({ serverId, nonce, publicKey }), proof)) {
      return { is: 'refused', code: 'bad_proof', message: 'The proof is not by the key that it is for.' };
    }
    return this.#parts.commit({
      type: 'enrol',
      tokenHash: hashOf(token),
      publicKey,
      hostname,
      os,
      class: deviceClass,
      agentVersion,
      tags,
    });
  }
}

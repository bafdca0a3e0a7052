// The texts that a device signs. Each begins with its purpose, so that a signature for one is worth nothing for another.

export type HelloClaim = {
  readonly serverId: string;
  readonly nonce: string;
  readonly deviceId: string;
  readonly alertsEpoch: string;
  readonly metricsEpoch: string;
  readonly agentNonce: string;
};

export const helloProof = (claim: HelloClaim): string =>
  [
    'fettle.v1 hello',
    claim.serverId,
    claim.nonce,
    claim.deviceId,
    claim.alertsEpoch,
    claim.metricsEpoch,
    claim.agentNonce,
  ].join('\n');

/** Signed twice: with the key that both copies of a machine have, and with the new one. */
export const rekeyProof = (claim: {
  readonly serverId: string;
  readonly nonce: string;
  readonly deviceId: string;
  readonly publicKey: string;
}): string => ['fettle.v1 rekey', claim.serverId, claim.nonce, claim.deviceId, claim.publicKey].join('\n');

export const enrollProof = (claim: { readonly serverId: string; readonly nonce: string; readonly publicKey: string }) =>
  ['fettle.v1 enroll', claim.serverId, claim.nonce, claim.publicKey].join('\n');

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

export const enrollProof = (claim: { readonly serverId: string; readonly nonce: string; readonly publicKey: string }) =>
  ['fettle.v1 enroll', claim.serverId, claim.nonce, claim.publicKey].join('\n');

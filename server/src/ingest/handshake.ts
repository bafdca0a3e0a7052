// May this hello open a session? May this copy have a key of its own?
import type { Hello, Rekey } from '@fettle/shared/wire/agent-message.schema';
import { PROTOCOL_VERSION } from '@fettle/shared/wire/limits';
import type { RefuseCode } from '@fettle/shared/wire/server-message.schema';
import { helloProof, rekeyProof } from '@fettle/shared/wire/signing';

import type { Device } from '../domain/device.ts';
import { isSignedBy, isSound } from './device-key.ts';

export type Refusal = readonly [code: RefuseCode, message: string];

export const UNKNOWN_DEVICE: Refusal = [
  'unknown_device',
  'This device is not known here. Enrol it anew: fettle-agent enroll --server URL --token-file FILE',
];

export const CLONE: Refusal = [
  'clone',
  'Another machine is connected as this device: this one is a copy of it, and needs a key of its own.',
];

type Challenge = { readonly nonce: string; readonly serverId: string };

/** @param device that the hello says it is. @returns undefined when it is */
export const refusalOf = (
  hello: Hello,
  device: Device | undefined,
  { nonce, serverId }: Challenge,
): Refusal | undefined => {
  const { min, max } = hello.protocol;
  if (max < PROTOCOL_VERSION) return ['protocol_too_old', 'This agent is too old for this server: update the agent.'];
  if (min > PROTOCOL_VERSION) return ['protocol_too_new', 'This agent is too new for this server: update the server.'];
  if (!device || device.watchedBy !== null) return UNKNOWN_DEVICE;
  const { deviceId, agentNonce, lanes } = hello;
  const claim = {
    serverId,
    nonce,
    deviceId,
    agentNonce,
    alertsEpoch: lanes.alerts.epoch,
    metricsEpoch: lanes.metrics.epoch,
  };
  if (isSignedBy(device.publicKey, helloProof(claim), hello.signature)) return undefined;
  return ['bad_signature', 'The signature is not by the key of this device. Enrol it anew.'];
};

/** @param original that the copy says it is of. @returns undefined where both keys have signed */
export const rekeyRefusalOf = (
  { deviceId, publicKey, signature, proof }: Rekey,
  original: Device | undefined,
  { nonce, serverId }: Challenge,
): Refusal | undefined => {
  if (!original || original.watchedBy !== null) return UNKNOWN_DEVICE;
  const text = rekeyProof({ serverId, nonce, deviceId, publicKey });
  const isProven = isSound(publicKey) && isSignedBy(publicKey, text, proof);
  if (isProven && isSignedBy(original.publicKey, text, signature)) return undefined;
  return ['bad_signature', 'The signatures are not by the key of this device and by the new one.'];
};

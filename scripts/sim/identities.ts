// The devices of a run, with their keys: the same in every run, because making keys takes longer than all else.
import { type KeyObject, createPrivateKey, createPublicKey } from 'node:crypto';

import { type Device, newDevice } from '@fettle/server/domain/device';
import type { DeviceClass } from '@fettle/shared/rule/scope';

export const SERVER_ID = `s_${'s'.repeat(22)}`;

export type Identity = { readonly device: Device; readonly key: KeyObject };

const CLASSES: readonly DeviceClass[] = ['server', 'desktop', 'kiosk'];

/** An Ed25519 private key before its 32 bytes: RFC 8410, section 7. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** @param seed 32 bytes, that are all there is to a key of this kind */
export const keyOf = (seed: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });

export const publicKeyOf = (key: KeyObject): string => createPublicKey(key).export({ format: 'jwk' }).x ?? '';

const identityOf = (deviceClass: DeviceClass, index: number): Identity => {
  const key = keyOf(Buffer.alloc(32, index + 1));
  const device = newDevice(
    {
      id: `d_${String(index).padStart(22, '0')}`,
      tenant: 'acme',
      site: 'office',
      publicKey: publicKeyOf(key),
      hostname: `machine-${index}`,
      os: 'linux',
      class: deviceClass,
    },
    0,
  );
  return { key, device };
};

export const identities: readonly Identity[] = CLASSES.map(identityOf);

// The devices of a run, with their keys: the same in every run, because making keys takes longer than all else.
import { type KeyObject, createPrivateKey, createPublicKey } from 'node:crypto';

import type { Device } from '@fettle/server/domain/device';
import type { DeviceClass } from '@fettle/shared/rule/scope';

export const SERVER_ID = `s_${'s'.repeat(22)}`;

export type Identity = { readonly device: Device; readonly key: KeyObject };

const CLASSES: readonly DeviceClass[] = ['server', 'desktop', 'kiosk'];

/** An Ed25519 private key before its 32 bytes: RFC 8410, section 7. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

const identityOf = (deviceClass: DeviceClass, index: number): Identity => {
  const der = Buffer.concat([PKCS8_PREFIX, Buffer.alloc(32, index + 1)]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(key).export({ format: 'jwk' }).x ?? '';
  const device: Device = {
    id: `d_${String(index).padStart(22, '0')}`,
    tenant: 'acme',
    site: 'office',
    publicKey,
    hostname: `machine-${index}`,
    os: 'linux',
    class: deviceClass,
    agentVersion: '',
    bootId: '',
    bootedMs: null,
    enrolledMs: 0,
    lastSeenMs: 0,
    presence: 'away',
    presenceSinceMs: 0,
    goodbye: null,
    clockOffsetMs: 0,
    lostRecords: 0,
    watchedBy: null,
  };
  return { key, device };
};

export const identities: readonly Identity[] = CLASSES.map(identityOf);

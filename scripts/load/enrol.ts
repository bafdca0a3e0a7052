// Devices by the thousand, put into the database of a server that does not run.
import { type KeyObject, createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

import { newDevice } from '@fettle/server/domain/device';
import { openFettle } from '@fettle/server/store/fettle';
import { newId } from '@fettle/server/store/ids';
import { z } from 'zod';

/**
 * @param folder of a server that has run once; @param keysFiles each gets the same share of the devices with their private keys
 * @returns the server's id
 */
export const enrolMany = (folder: string, count: number, keysFiles: readonly string[]): string => {
  const store = openFettle(folder);
  try {
    const devices = Array.from({ length: count }, keyedDevice);
    store.db.transaction(() => {
      for (const { device } of devices) store.devices.put(device);
    })();
    for (const [index, file] of keysFiles.entries()) {
      const share = devices.filter((_, at) => at % keysFiles.length === index);
      writeFileSync(file, JSON.stringify(share.map(({ device, key }) => ({ deviceId: device.id, key }))), {
        mode: 0o600,
      });
    }
    return store.tenants.meta('server_id') ?? '';
  } finally {
    store.db.close();
  }
};

const keys = z.array(z.strictObject({ deviceId: z.string(), key: z.string() }));

/** The devices of one keys file. */
export const readKeys = (file: string): readonly { readonly deviceId: string; readonly key: KeyObject }[] =>
  keys.parse(JSON.parse(readFileSync(file, 'utf8'))).map(({ deviceId, key }) => ({
    deviceId,
    key: createPrivateKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'pkcs8' }),
  }));

const keyedDevice = () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const device = newDevice(
    {
      id: newId('d'),
      tenant: 'home',
      site: 'home',
      publicKey: publicKey.export({ format: 'jwk' }).x ?? '',
      hostname: 'load',
      os: 'linux',
      class: 'server',
      agentVersion: 'load',
      bootId: 'load',
      presence: 'online',
    },
    Date.now(),
  );
  return { device, key: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64') };
};

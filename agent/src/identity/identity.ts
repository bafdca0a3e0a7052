// Who this agent is: a key made here that never leaves, and the device that a server made of it.
import { type KeyObject, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';

import type { Fs } from '../host/fs.ts';
import { type SavedIdentity, savedIdentity } from './identity.schema.ts';

export type Enrolled = NonNullable<SavedIdentity['enrolled']>;

type Kept = {
  readonly privateKey: KeyObject;
  readonly next: KeyObject | undefined;
  readonly enrolled: Enrolled | null;
};

/** The identity file is there but of no use. Not mended by itself: a new key would be a new device. */
export class IdentityError extends Error {}

export class Identity {
  readonly #fs: Fs;
  readonly #path: string;
  #privateKey: KeyObject;
  /** The key that it is to have once it is another device. */
  #next: KeyObject | undefined;
  #enrolled: Enrolled | null;

  private constructor(fs: Fs, path: string, { privateKey, next, enrolled }: Kept) {
    this.#fs = fs;
    this.#path = path;
    this.#privateKey = privateKey;
    this.#next = next;
    this.#enrolled = enrolled;
  }

  /** undefined when none was made yet. @throws IdentityError when the file cannot be used */
  static async read(fs: Fs, path: string): Promise<Identity | undefined> {
    const text = await fs.read(path);
    return text === undefined ? undefined : Identity.#revive(fs, path, text);
  }

  /** Makes a key and keeps it. */
  static async create(fs: Fs, path: string): Promise<Identity> {
    const kept = { privateKey: newKey(), next: undefined, enrolled: null };
    const fresh = new Identity(fs, path, kept);
    await fresh.#save(kept);
    return fresh;
  }

  static #revive(fs: Fs, path: string, text: string): Identity {
    const saved = savedIdentity.safeParse(parseJson(text));
    const key = saved.success ? parseKey(saved.data.privateKey) : undefined;
    if (saved.success && key) {
      const { nextPrivateKey, enrolled } = saved.data;
      const next = nextPrivateKey === undefined ? undefined : parseKey(nextPrivateKey);
      return new Identity(fs, path, { privateKey: key, next, enrolled });
    }
    // the words of JSON.parse and of zod may hold a piece of the key
    const problem = saved.success ? 'its key is no Ed25519 key' : 'its content is not what this agent writes';
    throw new IdentityError(
      `${path} is no identity: ${problem}. Restore it, or remove it and enrol this machine anew.`,
    );
  }

  get enrolled(): Enrolled | null {
    return this.#enrolled;
  }

  /** The raw 32 bytes, base64url. */
  get publicKey(): string {
    return publicKeyOf(this.#privateKey);
  }

  /** An Ed25519 signature over the UTF-8 of the text, base64url. */
  sign(text: string): string {
    return signedBy(this.#privateKey, text);
  }

  /** @throws as fs does: then it is as if it was not enrolled */
  async setEnrolled(enrolled: Enrolled): Promise<void> {
    await this.#save({ privateKey: this.#privateKey, next: undefined, enrolled });
    this.#enrolled = enrolled;
  }

  /** The key that it is to have once it is another device: the same at each call, also after a restart. @throws as fs does */
  async newKey(): Promise<{ readonly publicKey: string; readonly sign: (text: string) => string }> {
    const next = this.#next ?? newKey();
    if (!this.#next) await this.#save({ privateKey: this.#privateKey, next, enrolled: this.#enrolled });
    this.#next = next;
    return { publicKey: publicKeyOf(next), sign: (text) => signedBy(next, text) };
  }

  /** From here on it is that device, with the key that `newKey` gave. @throws as fs does: then it is who it was */
  async become({ deviceId, site }: Pick<Enrolled, 'deviceId' | 'site'>): Promise<void> {
    if (!this.#next || !this.#enrolled) return;
    const changed = { privateKey: this.#next, next: undefined, enrolled: { ...this.#enrolled, deviceId, site } };
    await this.#save(changed);
    this.#privateKey = changed.privateKey;
    this.#next = undefined;
    this.#enrolled = changed.enrolled;
  }

  #save({ privateKey, next, enrolled }: Kept): Promise<void> {
    const saved: SavedIdentity = {
      version: 1,
      privateKey: pemOf(privateKey),
      ...(next ? { nextPrivateKey: pemOf(next) } : {}),
      enrolled,
    };
    return this.#fs.replace(this.#path, `${JSON.stringify(saved, null, 2)}\n`);
  }
}

const newKey = (): KeyObject => generateKeyPairSync('ed25519').privateKey;

/** The raw 32 bytes, base64url. */
const publicKeyOf = (privateKey: KeyObject): string => createPublicKey(privateKey).export({ format: 'jwk' }).x ?? '';

const signedBy = (privateKey: KeyObject, text: string): string =>
  sign(null, Buffer.from(text), privateKey).toString('base64url');

const pemOf = (privateKey: KeyObject): string => privateKey.export({ format: 'pem', type: 'pkcs8' });

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const parseKey = (pem: string): KeyObject | undefined => {
  try {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyType === 'ed25519' ? key : undefined;
  } catch {
    return undefined;
  }
};

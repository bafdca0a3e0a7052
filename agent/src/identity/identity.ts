// Who this agent is: a key made here that never leaves, and the device that a server made of it.
import { type KeyObject, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';

import type { Fs } from '../host/fs.ts';
import { type SavedIdentity, savedIdentity } from './identity.schema.ts';

export type Enrolled = NonNullable<SavedIdentity['enrolled']>;

/** The identity file is there but of no use. Not mended by itself: a new key would be a new device. */
export class IdentityError extends Error {}

export class Identity {
  readonly #fs: Fs;
  readonly #path: string;
  readonly #privateKey: KeyObject;
  #enrolled: Enrolled | null;

  private constructor(fs: Fs, path: string, privateKey: KeyObject, enrolled: Enrolled | null) {
    this.#fs = fs;
    this.#path = path;
    this.#privateKey = privateKey;
    this.#enrolled = enrolled;
  }

  /** undefined when none was made yet. @throws IdentityError when the file cannot be used */
  static async read(fs: Fs, path: string): Promise<Identity | undefined> {
    const text = await fs.read(path);
    return text === undefined ? undefined : Identity.#revive(fs, path, text);
  }

  /** Makes a key and keeps it. */
  static async create(fs: Fs, path: string): Promise<Identity> {
    const { privateKey } = generateKeyPairSync('ed25519');
    const fresh = new Identity(fs, path, privateKey, null);
    await fresh.#save(null);
    return fresh;
  }

  static #revive(fs: Fs, path: string, text: string): Identity {
    const saved = savedIdentity.safeParse(parseJson(text));
    const key = saved.success ? parseKey(saved.data.privateKey) : undefined;
    if (saved.success && key) return new Identity(fs, path, key, saved.data.enrolled);
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
    return createPublicKey(this.#privateKey).export({ format: 'jwk' }).x ?? '';
  }

  /** An Ed25519 signature over the UTF-8 of the text, base64url. */
  sign(text: string): string {
    return sign(null, Buffer.from(text), this.#privateKey).toString('base64url');
  }

  /** @throws as fs does: then it is as if it was not enrolled */
  async setEnrolled(enrolled: Enrolled): Promise<void> {
    await this.#save(enrolled);
    this.#enrolled = enrolled;
  }

  #save(enrolled: Enrolled | null): Promise<void> {
    const privateKey = this.#privateKey.export({ format: 'pem', type: 'pkcs8' });
    const saved: SavedIdentity = { version: 1, privateKey, enrolled };
    return this.#fs.replace(this.#path, `${JSON.stringify(saved, null, 2)}\n`);
  }
}

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

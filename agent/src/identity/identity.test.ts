import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { nodeFs } from '../host/fs.ts';
import { Identity, IdentityError } from './identity.ts';

const root = mkdtempSync(join(tmpdir(), 'fettle-identity-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const freshPath = () => join(mkdtempSync(join(root, 'data-')), 'identity.json');
const enrolled = { deviceId: 'd_1', serverId: 's_1', serverUrl: 'https://fettle.example', site: 'office' };
const pemOf = (pair: { readonly privateKey: { export: (how: { format: 'pem'; type: 'pkcs8' }) => string | Buffer } }) =>
  String(pair.privateKey.export({ format: 'pem', type: 'pkcs8' }));
const saved = (change: Readonly<Record<string, unknown>> = {}) =>
  JSON.stringify({ version: 1, privateKey: pemOf(generateKeyPairSync('ed25519')), enrolled: null, ...change });

describe('Identity', () => {
  it('is not there before it was made', async () => {
    expect(await Identity.read(nodeFs, freshPath())).toBeUndefined();
  });

  it('is the same after a restart: key and device', async () => {
    const path = freshPath();
    const made = await Identity.create(nodeFs, path);
    expect((await Identity.read(nodeFs, path))?.enrolled).toBeNull();
    await made.setEnrolled(enrolled);
    const read = await Identity.read(nodeFs, path);
    expect(read?.publicKey).toBe(made.publicKey);
    expect(read?.enrolled).toEqual(enrolled);
  });

  it('signs with the key that it shows', async () => {
    const identity = await Identity.create(nodeFs, freshPath());
    expect(identity.publicKey).toMatch(/^[A-Za-z0-9_-]{43}$/);
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: identity.publicKey }, format: 'jwk' });
    const signature = Buffer.from(identity.sign('größer'), 'base64url');
    expect(verify(null, Buffer.from('größer'), key, signature)).toBe(true);
    expect(verify(null, Buffer.from('grosser'), key, signature)).toBe(false);
  });

  it('makes another key each time', async () => {
    const [one, other] = [await Identity.create(nodeFs, freshPath()), await Identity.create(nodeFs, freshPath())];
    expect(one.publicKey).not.toBe(other.publicKey);
  });

  it.skipIf(process.platform === 'win32')('lies in a file for its owner alone, also after an enrolment', async () => {
    const path = freshPath();
    const identity = await Identity.create(nodeFs, path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    chmodSync(path, 0o644);
    await identity.setEnrolled(enrolled);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is replaced whole, and leaves nothing beside it', async () => {
    const path = freshPath();
    const identity = await Identity.create(nodeFs, path);
    await identity.setEnrolled(enrolled);
    expect(readdirSync(join(path, '..'))).toEqual(['identity.json']);
  });

  it('makes the folders that are missing', async () => {
    const path = join(root, 'deep', 'deeper', 'identity.json');
    await Identity.create(nodeFs, path);
    expect(readFileSync(path, 'utf8')).toContain('PRIVATE KEY');
  });

  it('that cannot be kept is not enrolled', async () => {
    const path = freshPath();
    const identity = await Identity.create(nodeFs, path);
    mkdirSync(`${path}.new`); // where the new content would be written first
    await expect(identity.setEnrolled(enrolled)).rejects.toThrow('EISDIR');
    expect(identity.enrolled).toBeNull();
    expect((await Identity.read(nodeFs, path))?.enrolled).toBeNull();
  });
});

describe('a copy of a machine', () => {
  const isBy = (publicKey: string, signature: string) => {
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
    return verify(null, Buffer.from('text'), key, Buffer.from(signature, 'base64url'));
  };

  it('makes another key, the same also after a restart, and is who it was until it is another', async () => {
    const path = freshPath();
    const identity = await Identity.create(nodeFs, path);
    await identity.setEnrolled(enrolled);
    const old = identity.publicKey;
    const { publicKey, sign } = await identity.newKey();
    expect(publicKey).not.toBe(old);
    expect(isBy(publicKey, sign('text'))).toBe(true);
    expect(isBy(old, identity.sign('text'))).toBe(true);
    const restarted = await Identity.read(nodeFs, path);
    expect([restarted?.publicKey, restarted?.enrolled]).toEqual([old, enrolled]);
    expect((await restarted?.newKey())?.publicKey).toBe(publicKey);
  });

  it('is the other device with that key from then on, and after it has one more to make', async () => {
    const path = freshPath();
    const identity = await Identity.create(nodeFs, path);
    await identity.setEnrolled(enrolled);
    const { publicKey } = await identity.newKey();
    await identity.become({ deviceId: 'd_2', site: 'shop' });
    await identity.become({ deviceId: 'd_3', site: 'shop' }); // a second answer to the same question
    const other = { ...enrolled, deviceId: 'd_2', site: 'shop' };
    const read = await Identity.read(nodeFs, path);
    for (const one of [identity, read]) expect([one?.publicKey, one?.enrolled]).toEqual([publicKey, other]);
    expect(isBy(publicKey, identity.sign('text'))).toBe(true);
    expect((await identity.newKey()).publicKey).not.toBe(publicKey);
  });

  it('that cannot be kept is who it was', async () => {
    const path = freshPath();
    const identity = await Identity.create(nodeFs, path);
    await identity.setEnrolled(enrolled);
    const [old, { publicKey }] = [identity.publicKey, await identity.newKey()];
    mkdirSync(`${path}.new`);
    await expect(identity.become({ deviceId: 'd_2', site: 'shop' })).rejects.toThrow('EISDIR');
    expect([identity.publicKey, identity.enrolled]).toEqual([old, enrolled]);
    rmSync(`${path}.new`, { recursive: true });
    await identity.become({ deviceId: 'd_2', site: 'shop' });
    expect(identity.publicKey).toBe(publicKey);
  });
});

describe('an identity file of no use', () => {
  it.each([
    ['empty', ''],
    ['cut off', saved().slice(0, 60)],
    ['zeros after a power cut', '\0'.repeat(200)],
    ['of another version', saved({ version: 2 })],
    ['without a key', saved({ privateKey: undefined })],
    ['with something else', saved({ note: 'x' })],
    ['with half an enrolment', saved({ enrolled: { deviceId: 'd_1' } })],
    ['with a key that is none', saved({ privateKey: 'secret-that-nobody-may-see' })],
    ['with an RSA key', saved({ privateKey: pemOf(generateKeyPairSync('rsa', { modulusLength: 2048 })) })],
    ['with a key of another curve', saved({ privateKey: pemOf(generateKeyPairSync('ec', { namedCurve: 'P-256' })) })],
  ])('%s is named with what to do, and left as it is', async (_what, text) => {
    const path = freshPath();
    writeFileSync(path, text);
    const error: unknown = await Identity.read(nodeFs, path).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(IdentityError);
    const { message } = error as IdentityError;
    expect(message).toContain(path);
    expect(message).toContain('Restore it, or remove it and enrol this machine anew.');
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it.each([
    ['cut off in the middle of the key', saved().slice(0, 90)],
    ['with text before it', `MC4CAQAw ${saved()}`],
    ['with a key that is none', saved({ privateKey: 'MC4CAQAwBQYDK2Vw' })],
  ])('%s shows nothing of its content', async (_what, text) => {
    const path = freshPath();
    writeFileSync(path, text);
    await expect(Identity.read(nodeFs, path)).rejects.not.toThrow(/MC4CAQAw|PRIVATE/);
  });

  it('that cannot be read is an error of the file system, not a reason for a new key', async () => {
    const path = freshPath();
    mkdirSync(path);
    await expect(Identity.read(nodeFs, path)).rejects.toThrow('EISDIR');
  });
});

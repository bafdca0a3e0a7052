import { lookup } from 'node:dns';
import type { LookupAddress } from 'node:dns';

import { describe, expect, it } from 'vitest';

import { InsideError, isInside, lookupFor } from './address.ts';

describe('an address', () => {
  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    'fc00::1',
    'fd12:3456::1',
    'fe80::1',
    'ff02::1',
  ])('%s is inside', (address) => {
    expect(isInside(address)).toBe(true);
  });

  it.each([
    '1.1.1.1',
    '8.8.8.8',
    '172.15.0.1',
    '172.32.0.1',
    '192.169.0.1',
    '100.128.0.1',
    '2606:4700::1111',
    '2a00::1',
  ])('%s is not', (address) => {
    expect(isInside(address)).toBe(false);
  });
});

describe('the lookup of a channel', () => {
  it.each([
    'http://127.0.0.1/',
    'http://0x7f.1/',
    'http://2130706433/',
    'http://[::1]/',
    'http://[::ffff:7f00:1]/',
    'http://169.254.169.254/',
  ])('refuses %s at once', (url) => {
    expect(() => lookupFor(new URL(url), new Set())).toThrow(InsideError);
  });

  /** A name server that says these. */
  const names = (...answers: readonly string[]) =>
    ((_name: string, _options: object, callback: (error: null, found: readonly LookupAddress[]) => void) => {
      callback(
        null,
        answers.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
    }) as unknown as typeof lookup;

  const ask = (url: string, allowed: readonly string[], look: typeof lookup, all = false) =>
    new Promise((resolve) => {
      const found = lookupFor(new URL(url), new Set(allowed), look);
      found('hook.example', { all }, (error, address) => resolve(error ?? address));
    });

  it('gives the address that it has judged', async () => {
    expect(await ask('https://hook.example/', [], names('1.2.3.4', '5.6.7.8'))).toBe('1.2.3.4');
    expect(await ask('https://hook.example/', [], names('1.2.3.4'), true)).toEqual([{ address: '1.2.3.4', family: 4 }]);
  });

  it('refuses a name when any of its addresses is inside, and takes it where the administrator allows the name', async () => {
    const look = names('1.2.3.4', '10.0.0.1');
    expect(await ask('https://hook.example/', [], look)).toBeInstanceOf(InsideError);
    expect(await ask('https://hook.example/', ['hook.example'], look)).toBe('1.2.3.4');
    expect(await ask('https://hook.example/', ['other.example'], look)).toBeInstanceOf(InsideError);
  });

  it('tells when there is no such name', async () => {
    expect(await ask('https://x.invalid/', [], lookup)).toMatchObject({ name: 'Error' });
  });
});

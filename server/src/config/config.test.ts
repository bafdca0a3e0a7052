// Settings: which source wins, and what is said of a value that cannot be used.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { freshFolder } from '../fixture.ts';
import { ConfigError, checkListening, loadConfig, settings } from './config.ts';

const fileWith = (text: string): string => {
  const path = join(freshFolder(), 'server.toml');
  writeFileSync(path, text);
  return path;
};
const NO_FILE = fileWith('');

const load = (flags: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}) =>
  loadConfig({ config: NO_FILE, ...flags }, env);

/** @returns what is said */
const refusal = (attempt: () => unknown): string => {
  try {
    attempt();
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'accepted';
};

describe('a setting', () => {
  const file = fileWith('data_dir = "/file"\n[listen]\nport = 3\n[log]\nlevel = "warn"\n');
  it.each([
    ['the flag', { data: '/flag', config: file }, { FETTLE_SERVER_DATA: '/env' }, '/flag'],
    ['the environment', { config: file }, { FETTLE_SERVER_DATA: '/env' }, '/env'],
    ['the file', { config: file }, {}, '/file'],
    ['the file that the environment names', {}, { FETTLE_SERVER_CONFIG: file }, '/file'],
    ['the default', { config: NO_FILE }, {}, '/default'],
  ])('comes from %s', (_name, flags, env, expected) => {
    expect(loadConfig(flags, env, { data_dir: '/default' }).data_dir).toBe(expected);
  });

  it('is what it is meant to be, whatever kind of source it came from', () => {
    expect(load({ port: '0', 'behind-proxy': 'false' })).toMatchObject({ 'listen.port': 0, behind_proxy: false });
    expect(load({}, { FETTLE_BEHIND_PROXY: 'true', FETTLE_RAW_DAYS: '7' })).toMatchObject({
      behind_proxy: true,
      'retention.raw_days': 7,
    });
    expect(loadConfig({ config: file }, {})).toMatchObject({
      'listen.port': 3,
      'log.level': 'warn',
      'retention.event_days': 90,
    });
  });

  it('has a flag and a name in the environment of its own', () => {
    for (const names of [
      settings.map(({ flag }) => flag),
      settings.map(({ env }) => env),
      settings.map(({ key }) => key),
    ])
      expect(new Set(names).size).toBe(settings.length);
  });
});

describe('a value that cannot be used', () => {
  it.each([
    ['port', 'many', 'listen.port'],
    ['port', '65536', 'listen.port'],
    ['port', '-1', 'listen.port'],
    ['port', '80.5', 'listen.port'],
    ['port', '', 'listen.port'],
    ['port', '0x50', 'listen.port'],
    ['raw-days', '0', 'retention.raw_days'],
    ['event-days', '9999', 'retention.event_days'],
    ['behind-proxy', 'perhaps', 'behind_proxy'],
    ['log-level', 'loud', 'log.level'],
    ['host', '', 'listen.host'],
    ['data', '', 'data_dir'],
    ['public-url', 'fettle.example', 'public_url'],
    ['public-url', 'ftp://fettle.example', 'public_url'],
    ['public-url', 'https://fettle.example/path', 'public_url'],
    ['public-url', 'https://fettle.example?q', 'public_url'],
    ['public-url', 'https://me:secret@fettle.example', 'public_url'],
    ['public-url', 'https://', 'public_url'],
    ['public-url', 'https://fettle example', 'public_url'],
  ])('--%s "%s" is named by flag and key', (flag, value, key) => {
    expect(refusal(() => load({ [flag]: value }))).toMatch(
      new RegExp(`^flag --${flag}: ${key.replace('.', '\\.')}: .*Expected: `),
    );
  });

  it.each([
    ['[listen]\nport = "many"', 'listen.port'],
    ['[listen]\nport = [1]', 'listen.port'],
    ['[listen]\nport = true', 'listen.port'],
    ['[listen]\nport = 1.5', 'listen.port'],
    ['listen = 3', 'listen'],
    ['prot = 3', 'prot: there is no such setting. Settings: data_dir, listen.host'],
    ['[log]\nlevel = 3', 'log.level'],
    ['[__proto__]\nx = 1', '__proto__.x: there is no such setting'],
  ])('%j in a file is named by file and key', (text, key) => {
    const file = fileWith(text);
    expect(refusal(() => loadConfig({ config: file }, {}))).toContain(`file ${file}: ${key}`);
  });

  it('in the environment is named by its name there', () => {
    expect(refusal(() => load({}, { FETTLE_PORT: 'many' }))).toMatch(/^environment FETTLE_PORT: listen\.port: /);
  });

  it('a file that is not there, is a folder or is no TOML is named, with the place', () => {
    expect(refusal(() => loadConfig({ config: '/none.toml' }, {}))).toMatch(/^\/none\.toml cannot be read: .*ENOENT/);
    expect(refusal(() => loadConfig({ config: freshFolder() }, {}))).toMatch(/cannot be read: .*EISDIR/);
    const file = fileWith('[listen]\nport = = 3\n');
    expect(refusal(() => loadConfig({ config: file }, {}))).toMatch(`${file} is not TOML, line 2, column 8`);
  });
});

describe('an address to listen on', () => {
  const place = freshFolder();
  const pem = join(place, 'none.pem');
  const text = fileWith('no PEM');
  const tls = { 'cert-file': text, 'key-file': text };
  const url = { 'public-url': 'https://fettle.example' };
  const proxy = { 'behind-proxy': 'true' };

  it.each<[string, Readonly<Record<string, string>>]>([
    ['loopback', {}],
    ['loopback by name', { host: 'localhost' }],
    ['loopback of version 6', { host: '::1' }],
    ['any other of loopback', { host: '127.9.9.9' }],
    ['loopback under another name, without TLS', { 'public-url': 'http://fettle.test' }],
    ['behind a proxy', { host: '0.0.0.0', ...proxy, ...url }],
  ])('%s is fine', (_name, flags) => {
    expect(refusal(() => checkListening(load(flags)))).toBe('accepted');
  });

  it.each<[string, Readonly<Record<string, string>>, RegExp]>([
    [
      'everywhere without TLS',
      { host: '0.0.0.0', ...url },
      /^listen\.host: 0\.0\.0\.0 is beyond loopback, and there is no TLS/,
    ],
    ['a name that only looks like loopback', { host: '127.0.0.1.evil.example' }, /^listen\.host: /],
    ['version 6 everywhere', { host: '::' }, /^listen\.host: :: is beyond loopback/],
    ['everywhere without a name for it', { host: '0.0.0.0', ...tls }, /^public_url: set/],
    ['behind a proxy without a name for it', proxy, /^public_url: set/],
    [
      'behind a proxy that does not end TLS',
      { ...proxy, 'public-url': 'http://fettle.example' },
      /^public_url: http:\/\/fettle\.example is without TLS/,
    ],
    ['a certificate without its key', { 'cert-file': pem }, /^tls\.cert_file and tls\.key_file go together/],
    ['a key without its certificate', { 'key-file': pem }, /^tls\.cert_file and tls\.key_file go together/],
    [
      'a certificate that is not there',
      { ...tls, 'cert-file': pem },
      /^tls\.cert_file: .*none\.pem cannot be read: .*ENOENT/,
    ],
    ['a key that is a folder', { ...tls, 'key-file': place }, /^tls\.key_file: .*cannot be read: .*EISDIR/],
    ['a certificate that is none', tls, /^tls\.cert_file, tls\.key_file: .* are no certificate and its key/],
  ])('%s is refused', (_name, flags, said) => {
    expect(refusal(() => checkListening(load(flags)))).toMatch(said);
  });
});

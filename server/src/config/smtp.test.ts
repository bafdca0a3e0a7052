import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { freshFolder } from '../fixture.ts';
import { loadConfig } from './config.ts';
import { smtpOf } from './smtp.ts';

/** @param text of the file of settings */
const smtp = (text: string) => {
  const file = join(freshFolder(), 'server.toml');
  writeFileSync(file, text);
  return smtpOf(loadConfig({ config: file }, {}));
};

const password = join(freshFolder(), 'password');
writeFileSync(password, 'secret words\n');

describe('the mail server', () => {
  it('is none where none is set', () => {
    expect(smtp('')).toBeUndefined();
  });

  it('is reached by STARTTLS unless it is set otherwise, and its password is what stands in a file', () => {
    expect(smtp('[smtp]\nhost = "mail.example"\nfrom = "Fettle <fettle@example.org>"')).toEqual({
      host: 'mail.example',
      port: 587,
      security: 'starttls',
      from: 'Fettle <fettle@example.org>',
      login: undefined,
    });
    const login = `user = "fettle"\npassword_file = "${password}"`;
    expect(smtp(`[smtp]\nhost = "m"\nport = 465\nsecurity = "tls"\nfrom = "a@b"\n${login}`)).toMatchObject({
      port: 465,
      security: 'tls',
      login: { user: 'fettle', password: 'secret words' },
    });
  });

  it.each([
    ['without a sender', 'host = "m"', 'smtp.from'],
    ['with a sender that would be a header more', 'host = "m"\nfrom = "a@b\\r\\nBcc: c@d"', 'smtp.from'],
    [
      'with a name and no password',
      'host = "m"\nfrom = "a@b"\nuser = "u"',
      'smtp.user and smtp.password_file go together',
    ],
    [
      'with a password that is not there',
      'host = "m"\nfrom = "a@b"\nuser = "u"\npassword_file = "/none"',
      'smtp.password_file: /none cannot be read',
    ],
    ['with a security of its own', 'host = "m"\nfrom = "a@b"\nsecurity = "some"', 'smtp.security'],
  ])('%s is refused', (_name, text, message) => {
    expect(() => smtp(`[smtp]\n${text}`)).toThrow(message);
  });
});

it('hosts that channels may lead to, although they are inside, are a list', () => {
  const hosts = (text: string) => loadConfig({ 'notice-private-hosts': text }, {})['notices.private_hosts'];
  expect([...hosts('Alerts.lan, 10.0.0.5,,')]).toEqual(['alerts.lan', '10.0.0.5']);
  expect([...hosts('')]).toEqual([]);
});

it('an address of a heartbeat is one of the web', () => {
  expect(() => loadConfig({ 'heartbeat-url': 'file:///etc/passwd' }, {})).toThrow('heartbeat.url');
});

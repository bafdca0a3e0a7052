import { describe, expect, it } from 'vitest';

import { clientAddress } from './client-address.ts';

describe('clientAddress', () => {
  it.each([
    ['IPv4', '192.0.2.7', '192.0.2.7'],
    ['IPv4 by an IPv6 socket', '::ffff:192.0.2.7', '192.0.2.7'],
    ['IPv6: its network', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['IPv6 with zeros left out', '2001:db8::9', '2001:db8:0:0'],
    ['this machine', '127.0.0.1', undefined],
    ['this machine by IPv6', '::1', undefined],
    ['this machine by both', '::ffff:127.0.0.1', undefined],
  ])('%s', (_what, remote, expected) => {
    expect(clientAddress(remote, { 'x-forwarded-for': '198.51.100.1' }, false)).toBe(expected);
  });

  it.each([
    ['what the proxy has added last', '203.0.113.1, 198.51.100.1', '198.51.100.1'],
    ['nothing', undefined, undefined],
    ['an empty word', ' ', undefined],
    ['this machine', '::1', undefined],
  ])('behind a proxy on this machine, that says %s', (_what, told, expected) => {
    const headers = told === undefined ? {} : { 'x-forwarded-for': told };
    expect(clientAddress('::ffff:127.0.0.1', headers, true)).toBe(expected);
  });

  it('does not believe the word of anybody else', () => {
    expect(clientAddress('192.0.2.7', { 'x-forwarded-for': '198.51.100.1' }, true)).toBe('192.0.2.7');
  });
});

import { expect, it } from 'vitest';

import { addressesOf } from './addresses.ts';

const LOCAL = ['127.0.0.1:7373', 'localhost:7373', '[::1]:7373'];

it.each([
  ['loopback', { host: '127.0.0.1', isLoopback: true }, 'http://127.0.0.1:7373', LOCAL],
  ['loopback of version 6', { host: '::1', isLoopback: true }, 'http://[::1]:7373', LOCAL],
  ['one address with TLS', { host: '10.0.0.1', isTls: true }, 'https://10.0.0.1:7373', ['10.0.0.1:7373']],
  ['the port that goes without saying', { host: '10.0.0.1', isTls: true, port: 443 }, 'https://10.0.0.1', ['10.0.0.1']],
  [
    'a public name before its own',
    { host: '10.0.0.1', publicUrl: 'https://Fettle.Example/' },
    'https://fettle.example',
    ['fettle.example', '10.0.0.1:7373'],
  ],
])('%s: what the server calls itself, and goes by', (_name, listening, url, hosts) => {
  const found = addressesOf({ isLoopback: false, port: 7373, isTls: false, publicUrl: undefined, ...listening });
  expect(found.url).toBe(url);
  expect([...found.hosts].toSorted()).toEqual(hosts.toSorted());
  expect(found.origins).toContain(url);
  expect(found.origins.size).toBe(hosts.length);
});

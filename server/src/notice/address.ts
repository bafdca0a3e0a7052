// Which addresses a channel may lead to. What somebody types into a form must not reach the inside of our own network.
import { lookup as resolve } from 'node:dns';
import { BlockList, type LookupFunction, isIP } from 'node:net';

/** The special-purpose registries of IANA (RFC 6890 and its successors): private, shared, loopback, link-local, reserved, multicast. */
const V4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

/** Those of version 6, and all forms that carry an address of version 4. */
const V6: readonly (readonly [string, number])[] = [
  ['::', 96],
  ['::ffff:0:0', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
];

// a list for each: in a common one, an address of version 4 is among those that carry one
const [inside4, inside6] = [new BlockList(), new BlockList()];
for (const [net, bits] of V4) inside4.addSubnet(net, bits, 'ipv4');
for (const [net, bits] of V6) inside6.addSubnet(net, bits, 'ipv6');

export const isInside = (address: string): boolean =>
  isIP(address) === 6 ? inside6.check(address, 'ipv6') : inside4.check(address, 'ipv4');

export class InsideError extends Error {}

/** What the administrator lets channels reach all the same, by the name or address in the channel's address. */
export type AllowedHosts = ReadonlySet<string>;

/** Of a URL, without the brackets of version 6. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '').toLowerCase();

const refuse = (host: string): InsideError =>
  new InsideError(
    `${host} is inside a private network or this machine. The administrator can allow it: notices.private_hosts.`,
  );

/**
 * @returns what a connection looks its address up with: the address that was judged is the one that is connected to, whatever the
 * name would say a moment later
 * @throws InsideError for an address that stands in the URL itself
 */
export const lookupFor = (url: URL, allowed: AllowedHosts, look: typeof resolve = resolve): LookupFunction => {
  const host = hostOf(url);
  const isAllowed = allowed.has(host);
  if (isIP(host) !== 0 && !isAllowed && isInside(host)) throw refuse(host);
  return (name, options, callback) => {
    look(name, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '', 0);
      if (!isAllowed && addresses.some(({ address }) => isInside(address))) return callback(refuse(host), '', 0);
      const [first] = addresses;
      if (options.all) return callback(null, addresses);
      return callback(null, first?.address ?? '', first?.family ?? 0);
    });
  };
};

// Where an upgrade comes from, as far as that tells one site from another.
import type { IncomingHttpHeaders } from 'node:http';

const LOOPBACK = /^(?:127\.|::1$)/;

/**
 * @param remote address of the socket; @param isBehindProxy one on this machine, whose last entry of X-Forwarded-For is believed
 * @returns of IPv6 the network of 64 bits, which one customer has; undefined for what is on this machine
 */
export const clientAddress = (
  remote: string | undefined,
  headers: IncomingHttpHeaders,
  isBehindProxy: boolean,
): string | undefined => {
  const near = plain(remote ?? '');
  if (!LOOPBACK.test(near)) return networkOf(near);
  const told = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',').at(-1)?.trim() ?? '';
  const far = isBehindProxy ? plain(told) : '';
  return far === '' || LOOPBACK.test(far) ? undefined : networkOf(far);
};

/** IPv4 as it is written, also where it came by an IPv6 socket. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');

const groups = (text: string): readonly string[] => (text === '' ? [] : text.split(':'));

const networkOf = (address: string): string => {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::');
  const [before, after] = [groups(head), groups(tail ?? '')];
  const zeros =
    tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  return [...before, ...zeros, ...after].slice(0, 4).join(':');
};

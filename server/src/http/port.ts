import type { AddressInfo } from 'node:net';

/** @returns where a server listens; 0 if it does not */
export const portOf = (server: { address: () => AddressInfo | string | null }): number => {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

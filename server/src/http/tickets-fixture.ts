// A tenant of its own for each test of tickets and of what is promised.
import { z } from 'zod';

import { SYSTEM } from '../domain/actor.ts';
import { shareOwner, shareTestServer } from '../fixture.ts';

export const server = shareTestServer();
export const owner = shareOwner(server);

export const answer = z.looseObject({
  code: z.string().optional(),
  detail: z.string().optional(),
  id: z.string().default(''),
  version: z.int().default(0),
  items: z.array(z.looseObject({})).default([]),
});

export const call = async (method: string, path: string, sent?: unknown) => {
  const response = await fetch(`${server().url}/api/v1${path}`, {
    method,
    headers: sent === undefined ? owner() : { ...owner(), 'content-type': 'application/json' },
    ...(sent === undefined ? {} : { body: JSON.stringify(sent) }),
  });
  return { status: response.status, ...answer.parse(await response.json()) };
};
export const get = (path: string) => call('GET', path);
export const post = (path: string, sent: unknown) => call('POST', path, sent);

let count = 0;
/** Each test has a tenant of its own. */
export const tenant = async (): Promise<string> => {
  count += 1;
  const id = `tenant-${count}`;
  const site = `site-${count}`;
  await server().commit({
    type: 'create site',
    actor: SYSTEM,
    tenant: id,
    tenantName: id,
    prefix: `T${count}`,
    site,
    siteName: site,
  });
  return id;
};
export const ask = async (change: object = {}) =>
  post('/tickets', { tenant: await tenant(), subject: 'Mail is slow', ...change });
export const OPEN = { from: '09:00', to: '17:00' };
export const OFFICE = {
  name: 'Office',
  zone: 'Europe/Berlin',
  week: [[OPEN], [OPEN], [OPEN], [OPEN], [OPEN], [], []],
  holidays: [],
};
export const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();

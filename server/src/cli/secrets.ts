import { TOKEN_HOURS_MAX, TOKEN_USES_MAX } from '@fettle/shared/api/enroll-token.schema';
import { DAY_MS } from '@fettle/shared/time';

import type { Config } from '../config/config.schema.ts';
import { SYSTEM, type Scope, roles } from '../domain/actor.ts';
import { LOGIN_LINK_MS } from '../people/actors.ts';
import { hashOf, newSecret } from '../people/secrets.ts';
import { type Arguments, CliError, EXIT, count, readConfig } from './arguments.ts';
import { change } from './change.ts';
import { print } from './print.ts';
import { readUrl } from './state-file.ts';

const DAYS_MAX = TOKEN_HOURS_MAX / 24;

/** An enrolment token: `token [--site S] [--days N] [--uses N]`. */
export const token = ({ flags, switches }: Arguments, overrides: Partial<Config>): Promise<number> => {
  const config = readConfig({ flags }, overrides);
  const days = count(flags['days'], '--days', 1, DAYS_MAX);
  const maxUses = count(flags['uses'], '--uses', 1, TOKEN_USES_MAX);
  const site = flags['site'] ?? 'home';
  const secret = newSecret('ft');
  const expiresMs = Date.now() + days * DAY_MS;
  change(config.data_dir, {
    type: 'create enrol token',
    actor: SYSTEM,
    hash: hashOf(secret),
    site,
    expiresMs,
    maxUses,
  });
  const expires = new Date(expiresMs).toISOString();
  print({ switches }, { token: secret, site, expires, maxUses }, [
    secret,
    `for site ${site}, ${maxUses === 1 ? 'once' : `${maxUses} times`}, until ${expires}`,
  ]);
  return Promise.resolve(EXIT.ok);
};

/** A link that signs somebody in, once: `login-link [--user NAME]`. */
export const loginLink = ({ flags, switches }: Arguments, overrides: Partial<Config>): Promise<number> => {
  const config = readConfig({ flags }, overrides);
  const url = readUrl(config.data_dir);
  if (url === undefined) throw new CliError(EXIT.failure, `No server runs on ${config.data_dir}. Start it first.`);
  const secret = newSecret('fl');
  const expiresMs = Date.now() + LOGIN_LINK_MS;
  const { user } = flags;
  const link = { type: 'create login link', actor: SYSTEM, hash: hashOf(secret), expiresMs } as const;
  change(config.data_dir, { ...link, ...(user !== undefined && { user }) });
  const login = `${url}/login#${secret}`;
  print({ switches }, { login, expires: new Date(expiresMs).toISOString() }, [login]);
  return Promise.resolve(EXIT.ok);
};

const TOKEN_DAYS = 365;

/** What a program signs in with: `api-token NAME [--user NAME] [--role R] [--tenant T,…] [--days N]`. */
export const apiToken = (
  { flags, switches, operands: [name] }: Arguments,
  overrides: Partial<Config>,
): Promise<number> => {
  const config = readConfig({ flags }, overrides);
  if (name === undefined) throw new CliError(EXIT.usage, 'Name what it is for: api-token NAME');
  const days = count(flags['days'], '--days', TOKEN_DAYS, TOKEN_DAYS);
  const { user } = flags;
  const scope = scopeIn(flags);
  const secret = newSecret('fk');
  const expiresMs = Date.now() + days * DAY_MS;
  const event = { type: 'create api token', actor: SYSTEM, hash: hashOf(secret), name, expiresMs } as const;
  change(config.data_dir, { ...event, ...(user !== undefined && { user }), ...(scope && { scope }) });
  const expires = new Date(expiresMs).toISOString();
  print({ switches }, { token: secret, name, expires }, [secret, `as ${user ?? 'the owner'}, until ${expires}`]);
  return Promise.resolve(EXIT.ok);
};

/** Less than its person may; undefined where neither is said. */
const scopeIn = ({ role: said, tenant }: Arguments['flags']): Scope | undefined => {
  if (said === undefined && tenant === undefined) return undefined;
  const role = roles.find((known) => known === (said ?? 'technician'));
  if (!role) throw new CliError(EXIT.usage, `--role ${said}: expected ${roles.join(', ')}.`);
  return { role, tenants: tenant === undefined ? 'all' : tenant.split(',') };
};

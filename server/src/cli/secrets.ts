import { DAY_MS } from '@fettle/shared/time';

import type { Config } from '../config/config.schema.ts';
import { SYSTEM } from '../domain/actor.ts';
import { LOGIN_LINK_MS } from '../people/actors.ts';
import { hashOf, newSecret } from '../people/secrets.ts';
import { type Arguments, CliError, EXIT, readConfig } from './arguments.ts';
import { change } from './change.ts';
import { print } from './print.ts';
import { readUrl } from './state-file.ts';

const DAYS_MAX = 30;
const USES_MAX = 100_000;

/** An enrolment token: `token [--site S] [--days N] [--uses N]`. */
export const token = ({ flags, switches }: Arguments, overrides: Partial<Config>): Promise<number> => {
  const config = readConfig({ flags }, overrides);
  const days = count(flags['days'], '--days', 1, DAYS_MAX);
  const maxUses = count(flags['uses'], '--uses', 1, USES_MAX);
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

/** A link that signs the owner in, once. */
export const loginLink = ({ flags, switches }: Arguments, overrides: Partial<Config>): Promise<number> => {
  const config = readConfig({ flags }, overrides);
  const url = readUrl(config.data_dir);
  if (url === undefined) throw new CliError(EXIT.failure, `No server runs on ${config.data_dir}. Start it first.`);
  const secret = newSecret('fl');
  const expiresMs = Date.now() + LOGIN_LINK_MS;
  change(config.data_dir, { type: 'create login link', actor: SYSTEM, hash: hashOf(secret), expiresMs });
  const login = `${url}/login#${secret}`;
  print({ switches }, { login, expires: new Date(expiresMs).toISOString() }, [login]);
  return Promise.resolve(EXIT.ok);
};

const count = (text: string | undefined, flag: string, fallback: number, max: number): number => {
  const value = Number(text ?? fallback);
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw new CliError(EXIT.usage, `${flag} ${text}: expected a number from 1 to ${max}.`);
};

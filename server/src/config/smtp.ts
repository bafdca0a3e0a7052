// The mail server of the settings, with its files read.
import { readFileSync } from 'node:fs';

import type { Config } from './config.schema.ts';
import { ConfigError } from './config.ts';

/** undefined: no mail can be sent. @throws ConfigError */
export const smtpOf = (config: Config) => {
  const { 'smtp.host': host, 'smtp.from': from, 'smtp.user': user, 'smtp.password_file': file } = config;
  if (host === undefined) return undefined;
  if (from === undefined) throw new ConfigError('smtp.from: set the address that mails come from.');
  if ((user === undefined) !== (file === undefined))
    throw new ConfigError('smtp.user and smtp.password_file go together: set both or neither.');
  const caFile = config['smtp.ca_file'];
  return {
    host,
    from,
    port: config['smtp.port'],
    security: config['smtp.security'],
    login: user === undefined || file === undefined ? undefined : { user, password: read('smtp.password_file', file) },
    ...(caFile !== undefined && { ca: read('smtp.ca_file', caFile) }),
  };
};

const read = (setting: string, path: string): string => {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new ConfigError(`${setting}: ${path} cannot be read: ${String(error)}`);
  }
};

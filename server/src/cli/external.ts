// Which other system a tenant's tickets go to: `external [list|set|remove] [TENANT]`.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import { z } from 'zod';

import { SYSTEM } from '../domain/actor.ts';
import { type ExternalSystem, placeOf } from '../domain/external/external.ts';
import { type Act, type Item, type Perform, perform } from './acts.ts';
import { type Arguments, CliError, EXIT } from './arguments.ts';
import { change } from './change.ts';

export const external: Perform = (args, overrides) =>
  perform(args, overrides, {
    list: ({ external: table }) => table.systems().map(({ tenant, system }) => ({ tenant, ...itemOf(system) })),
    acts: { set, remove },
  });

const itemOf = (system: ExternalSystem): Item => ({ ...system });

const set: Act = (folder, tenant, flags) => {
  const { kind = 'rt' } = flags;
  const system = Object.hasOwn(KINDS, kind) ? KINDS[kind]?.(flags) : undefined;
  if (!system) throw new CliError(EXIT.usage, `--kind ${kind}: expected ${Object.keys(KINDS).join(', ')}.`);
  change(folder, { type: 'set external', actor: SYSTEM, tenant, system });
  return `New tickets of ${tenant} go to ${saidOf(system)}`;
};

type Flags = Arguments['flags'];

const KINDS: Readonly<Record<string, (flags: Flags) => ExternalSystem>> = {
  rt: (flags) => ({
    kind: 'rt',
    url: urlIn(flags).replace(/\/+$/, ''),
    queue: flags['queue'] ?? 'General',
    secretFile: fileIn(flags, 'with "user:password" or a token of that system'),
  }),
  mail: ({ to = '' }) => {
    if (!z.email().max(254).safeParse(to).success)
      throw new CliError(EXIT.usage, `Say which mailbox: --to helpdesk@example.org, not "${to.slice(0, 80)}".`);
    return { kind: 'mail', to };
  },
  webhook: (flags) => ({
    kind: 'webhook',
    url: urlIn(flags),
    keyFile: fileIn(flags, 'with the key that messages are signed with'),
  }),
};

const saidOf = (system: ExternalSystem): string => {
  const where = placeOf(system);
  switch (system.kind) {
    case 'rt':
      return `the queue ${system.queue} of ${where}, and what happens there comes back.`;
    case 'mail':
      return `${where} as mails, a thread each. Nothing comes back from there.`;
    case 'webhook':
      return `${where} as signed JSON. Nothing comes back from there.`;
  }
};

const remove: Act = (folder, tenant) => {
  change(folder, { type: 'set external', actor: SYSTEM, tenant, system: null });
  return `Tickets of ${tenant} go nowhere else any more. What is there stays there.`;
};

const fileIn = ({ 'secret-file': file }: Flags, what: string): string => {
  if (file === undefined || !existsSync(file))
    throw new CliError(EXIT.usage, `Name a file ${what}: --secret-file FILE`);
  return resolve(file);
};

const urlIn = ({ url = '', kind }: Flags): string => {
  const parsed = URL.parse(url);
  const mayAsk = kind === 'webhook'; // some tell by it who it is
  const isGood =
    parsed && /^https?:$/.test(parsed.protocol) && parsed.username === '' && (mayAsk || parsed.search === '');
  if (!isGood) throw new CliError(EXIT.usage, `Say where it is: --url https://rt.example, not "${url}".`);
  return parsed.href;
};

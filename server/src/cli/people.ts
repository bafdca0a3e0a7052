// The verbs about people and tenants: `user`, `tenant`, `site`, each with what is to be done as its first word.
import { SYSTEM } from '../domain/actor.ts';
import type { Person } from '../domain/people.ts';
import { type Item, type Perform, perform } from './acts.ts';
import { type Arguments, CliError, EXIT } from './arguments.ts';
import { change } from './change.ts';

export const user: Perform = (args, overrides) =>
  perform(args, overrides, {
    list: ({ people }) => people.all().map(shown),
    acts: {
      add: (folder, name, flags) => grant('add user', folder, name, flags),
      change: (folder, name, flags) => grant('change user', folder, name, flags),
      disable: (folder, name) => setStanding('disable user', folder, name),
      enable: (folder, name) => setStanding('enable user', folder, name),
      remove: (folder, name) => setStanding('remove user', folder, name),
    },
  });

export const tenant: Perform = (args, overrides) =>
  perform(args, overrides, {
    list: ({ tenants }) => tenants.all(),
    acts: {
      add: (folder, id, { name = id, prefix }) => {
        if (prefix === undefined) throw new CliError(EXIT.usage, "Say how its tickets' numbers begin: --prefix ACME");
        change(folder, { type: 'add tenant', actor: SYSTEM, tenant: id, name, prefix });
        return `The tenant ${id} is there. Its first site: fettle-server site add ID --tenant ${id}`;
      },
    },
  });

export const site: Perform = (args, overrides) =>
  perform(args, overrides, {
    list: ({ tenants }) => tenants.sites(),
    acts: {
      add: (folder, id, { name = id, tenant: of }) => {
        if (of === undefined) throw new CliError(EXIT.usage, 'Say whose it is: --tenant T');
        change(folder, { type: 'add site', actor: SYSTEM, tenant: of, site: id, name });
        return `The site ${id} is there. A token for its devices: fettle-server token --site ${id}`;
      },
    },
  });

const shown = ({ name, role, tenants, isDisabled }: Person): Item => ({
  name,
  role,
  tenants: role === 'owner' ? 'all' : tenants,
  state: isDisabled ? 'disabled' : 'enabled',
});

const grant = (type: 'add user' | 'change user', folder: string, name: string, flags: Arguments['flags']): string => {
  const { role, tenant: tenants } = flags;
  if (role === undefined) throw new CliError(EXIT.usage, 'Say what they may do: --role technician|viewer');
  if (tenants === undefined) throw new CliError(EXIT.usage, 'Say for whom: --tenant T,…');
  change(folder, { type, actor: SYSTEM, name, role, tenants: tenants.split(',') });
  return `${name} is ${role} of ${tenants}. To sign in: fettle-server login-link --user ${JSON.stringify(name)}`;
};

const setStanding = (type: 'disable user' | 'enable user' | 'remove user', folder: string, name: string): string => {
  change(folder, { type, actor: SYSTEM, name });
  const now = { 'disable user': 'disabled', 'enable user': 'enabled again', 'remove user': 'removed' }[type];
  return `${name} is ${now}.`;
};

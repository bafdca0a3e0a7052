// fettle-server VERB.
import { type Arguments, CliError, EXIT, readArguments, readConfig } from './cli/arguments.ts';
import { becomeOwnerOf } from './cli/owner.ts';
import { type About, usageOf } from './cli/usage.ts';
import type { Config } from './config/config.schema.ts';
import { VERSION } from './version.ts';

type Verb = About & {
  /** Words that it takes beside the flags, at most. */
  readonly operands?: number;
  /** Else what root starts becomes whoever the data belong to, before it touches them. */
  readonly staysRoot?: true;
  readonly load: () => Promise<(args: Arguments, overrides: Partial<Config>) => Promise<number>>;
};

const verbs: Readonly<Record<string, Verb>> = {
  init: {
    options: '[--config FILE] [--SETTING VALUE …]',
    about:
      'make the data folder, the settings and the first owner, and a link that signs them in; where nothing is yet',
    staysRoot: true,
    load: async () => (await import('./cli/init.ts')).init,
  },
  run: {
    options: '[--hurry]',
    about: 'serve until told to stop; in a hurry, to try it out, every duration is divided by 60',
    load: async () => (await import('./cli/run.ts')).run,
  },
  token: {
    options: '[--site S] [--days N] [--uses N]',
    about: 'make an enrolment token',
    load: async () => (await import('./cli/secrets.ts')).token,
  },
  'login-link': {
    options: '[--user NAME]',
    about: 'make a link that signs the owner in, or a user, once',
    load: async () => (await import('./cli/secrets.ts')).loginLink,
  },
  'api-token': {
    options: 'NAME [--user NAME] [--role R] [--tenant T,…] [--days N]',
    about: "make a token for a program: the owner's, or a user's, that may as much or less",
    operands: 1,
    load: async () => (await import('./cli/secrets.ts')).apiToken,
  },
  user: {
    options: 'list|add|change|disable|enable|remove [NAME] [--role R] [--tenant T,…]',
    about: 'technicians and viewers beside the owner; who is disabled or removed is shut out at once',
    operands: 2,
    load: async () => (await import('./cli/people.ts')).user,
  },
  tenant: {
    options: 'list|add [ID] [--prefix P] [--name N]',
    about: 'customers, each with devices, alerts and tickets of its own',
    operands: 2,
    load: async () => (await import('./cli/people.ts')).tenant,
  },
  site: {
    options: 'list|add [ID] [--tenant T] [--name N]',
    about: 'places of a tenant: an enrolment token is for one',
    operands: 2,
    load: async () => (await import('./cli/people.ts')).site,
  },
  rules: {
    options: 'export|import|check|test [FILE] [--tenant T] [--days N] [--dry] [--confirm] [--whole]',
    about: "a tenant's rules as YAML: out, in, what is wrong with them, and what they would have made of the last days",
    operands: 2,
    load: async () => (await import('./cli/rules.ts')).rules,
  },
  external: {
    options: 'list|set|remove [TENANT] [--kind rt|mail|webhook] [--url U] [--queue Q] [--secret-file F] [--to ADDRESS]',
    about:
      "another ticket system that a tenant's tickets go to, too: Request Tracker 5, a helpdesk's mailbox, a webhook",
    operands: 2,
    load: async () => (await import('./cli/external.ts')).external,
  },
  backup: {
    options: '[--out FOLDER] [--daily]',
    about:
      'copy both databases, beside a running server too, and try the copy; --daily: where the server has not made one today',
    load: async () => (await import('./cli/safety.ts')).backup,
  },
  restore: {
    options: 'FOLDER|FILE',
    about: 'put a backup in the place of the data, which are moved aside; not while a server runs',
    operands: 1,
    load: async () => (await import('./cli/safety.ts')).restore,
  },
  check: {
    about: 'read everything and say what is wrong and what to do; exits with 1 then',
    load: async () => (await import('./cli/safety.ts')).check,
  },
  doctor: {
    about: 'what keeps this server from doing its work, here and around it, and what to do; exits with 1 then',
    staysRoot: true,
    load: async () => (await import('./cli/doctor.ts')).doctor,
  },
  version: { about: 'the version', staysRoot: true, load: () => Promise.resolve(version) },
  help: { about: 'this text; also by --help', staysRoot: true, load: () => Promise.resolve(help) },
};

const version = ({ switches }: Arguments): Promise<number> => {
  process.stdout.write(
    switches.has('json') ? `${JSON.stringify({ version: VERSION })}\n` : `fettle-server ${VERSION}\n`,
  );
  return Promise.resolve(EXIT.ok);
};

const help = (): Promise<number> => {
  process.stdout.write(`${usageOf(verbs)}\n`);
  return Promise.resolve(EXIT.ok);
};

const HELP: ReadonlySet<string> = new Set(['--help', '-h']);

/** @param overrides defaults of the caller's situation: a checkout keeps its data beside the sources. @returns the exit code */
export const main = async (argv: readonly string[], overrides: Partial<Config> = {}): Promise<number> => {
  // every job by the clock runs in UTC, wherever the server stands
  process.env['TZ'] = 'UTC';
  try {
    if (argv.some((word) => HELP.has(word))) return await help();
    const [name = '', ...rest] = argv;
    const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
    if (!verb) throw new CliError(EXIT.usage, `${name === '' ? '' : `There is no verb "${name}".\n`}${usageOf(verbs)}`);
    const args = readArguments(rest, {
      texts: [
        'site',
        'days',
        'uses',
        'out',
        'user',
        'role',
        'tenant',
        'name',
        'prefix',
        'url',
        'queue',
        'secret-file',
        'kind',
        'to',
      ],
      switches: ['json', 'hurry', 'dry', 'confirm', 'whole', 'daily'],
      operands: verb.operands ?? 0,
    });
    if (verb.staysRoot !== true) becomeOwnerOf(readConfig(args, overrides).data_dir);
    const perform = await verb.load();
    return await perform(args, overrides);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return error.exitCode;
  }
};

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));

// fettle-agent VERB. Each verb is loaded only when it is asked for: the resident one carries none of the others.
import { type Arguments, readArguments } from './cli/arguments.ts';
import { CliError, EXIT, type ExitCode, isCliError } from './cli/exit.ts';
import { type VerbUsage, usage, verbUsage } from './cli/usage.ts';

type Verb = VerbUsage & {
  /** Words that it takes behind its name. */
  readonly takes?: number;
  readonly load: () => Promise<(args: Arguments) => Promise<ExitCode>>;
};

const verbs: Readonly<Record<string, Verb>> = {
  run: { about: 'watch this machine until told to stop', load: async () => (await import('./cli/run.ts')).run },
  enroll: {
    words: '--token-file FILE | --token -',
    about: 'make this machine a device of a server; - reads the token from stdin',
    load: async () => (await import('./cli/enroll.ts')).enrollVerb,
  },
  status: { about: 'how the running agent is', load: async () => (await import('./cli/status.ts')).status },
  config: {
    words: 'show [--origin]',
    takes: 1,
    about: 'the settings in force, and where each comes from',
    load: async () => (await import('./cli/config.ts')).config,
  },
  rules: {
    about: 'the rules in force, and their state here',
    load: async () => (await import('./cli/rules.ts')).rules,
  },
  collect: {
    words: '--once [ID …]',
    takes: 20,
    about: 'read everything now, or what is named',
    load: async () => (await import('./cli/collect.ts')).collect,
  },
  processes: {
    about: 'what uses most CPU and memory at the moment',
    load: async () => (await import('./cli/processes.ts')).processes,
  },
  service: {
    words: 'install|uninstall|start|stop|status',
    takes: 1,
    about: 'the agent as a service, started with the machine and when it ends',
    load: async () => (await import('./cli/service.ts')).service,
  },
  doctor: {
    about: 'what is well here, what is not, and what to do about it',
    load: async () => (await import('./cli/doctor/doctor.ts')).doctor,
  },
  record: {
    words: '--out FILE.tar.gz|FOLDER',
    about: 'what the collectors read here, without names and numbers, for the tests of this project',
    load: async () => (await import('./cli/record/record.ts')).record,
  },
  'support-bundle': {
    words: '--out FILE.tar.gz',
    about: 'what whoever helps needs to see, without keys and passwords',
    load: async () => (await import('./cli/support-bundle.ts')).supportBundle,
  },
  version: { about: 'the version', load: async () => (await import('./cli/version.ts')).version },
  probe: { load: async () => (await import('./cli/probe.ts')).probe },
  'smart-reader': { load: async () => (await import('./cli/smart-reader.ts')).smartReader },
  checks: { load: async () => (await import('./cli/checks.ts')).checks },
};

const HELP: ReadonlySet<string> = new Set(['help', '--help', '-h']);

const find = (name: string): Verb => {
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (verb) return verb;
  throw new CliError(EXIT.usage, name === '' ? usage(verbs) : `There is no verb "${name}".\n${usage(verbs)}`);
};

const help = (text: string): ExitCode => {
  process.stdout.write(`${text}\n`);
  return EXIT.ok;
};

const main = async (): Promise<ExitCode> => {
  const [name = '', ...rest] = process.argv.slice(2);
  if (HELP.has(name)) return help(rest[0] === undefined ? usage(verbs) : verbUsage(rest[0], find(rest[0])));
  const verb = find(name === '--version' ? 'version' : name);
  if (rest.some((word) => word === '--help' || word === '-h')) return help(verbUsage(name, verb));
  const args = readArguments(rest);
  const tooMany = args.words[verb.takes ?? 0];
  if (tooMany !== undefined) throw new CliError(EXIT.usage, `"${tooMany}" is too much.\n${verbUsage(name, verb)}`);
  const perform = await verb.load();
  return perform(args);
};

// whoever reads may have read enough, as `head` has
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  process.exitCode = await main();
} catch (error) {
  if (!isCliError(error)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.exitCode;
}

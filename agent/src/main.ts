// fettle-agent VERB. Each verb is loaded only when it is asked for: the resident one carries none of the others.
import { type Arguments, readArguments } from './cli/arguments.ts';
import { CliError, EXIT, type ExitCode } from './cli/exit.ts';

type Verb = { readonly about: string; readonly load: () => Promise<(args: Arguments) => Promise<ExitCode>> };

const verbs: Readonly<Record<string, Verb>> = {
  run: { about: 'watch this machine until told to stop', load: async () => (await import('./cli/run.ts')).run },
  enroll: {
    about: 'make this machine a device of a server',
    load: async () => (await import('./cli/enroll.ts')).enrollVerb,
  },
  status: { about: 'how the running agent is', load: async () => (await import('./cli/status.ts')).status },
  config: {
    about: 'config show [--origin]: the settings in force',
    load: async () => (await import('./cli/config.ts')).config,
  },
  rules: {
    about: 'the rules in force, and their state here',
    load: async () => (await import('./cli/rules.ts')).rules,
  },
  collect: {
    about: 'collect --once: read everything now',
    load: async () => (await import('./cli/collect.ts')).collect,
  },
  version: { about: 'the version', load: async () => (await import('./cli/version.ts')).version },
  probe: { about: '', load: async () => (await import('./cli/probe.ts')).probe },
};

const usage = (): string =>
  [
    'usage: fettle-agent VERB [--json] [--config FILE] [--SETTING VALUE …]',
    ...Object.entries(verbs)
      .filter(([, { about }]) => about !== '')
      .map(([name, { about }]) => `  ${name.padEnd(10)}${about}`),
    'Settings: fettle-agent config show',
  ].join('\n');

const main = async (): Promise<ExitCode> => {
  const [name = '', ...rest] = process.argv.slice(2);
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (!verb)
    throw new CliError(
      EXIT.usage,
      name === '' || name === '--help' ? usage() : `There is no verb "${name}".\n${usage()}`,
    );
  const args = readArguments(rest);
  if (args.switches.has('help')) throw new CliError(EXIT.usage, usage());
  const perform = await verb.load();
  return perform(args);
};

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof CliError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.exitCode;
}

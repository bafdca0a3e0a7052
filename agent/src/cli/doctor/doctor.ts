// fettle-agent doctor: what is well here, what is not, and what to do about it.
import type { Config } from '../../config/config.schema.ts';
import type { Host } from '../../host/host.ts';
import type { Identity } from '../../identity/identity.ts';
import { VERSION } from '../../version.ts';
import { type Arguments, readConfig } from '../arguments.ts';
import { readIdentity } from '../enroll.ts';
import { CliError, EXIT, type ExitCode, endSoon, print } from '../exit.ts';
import { filesOf, wayTo, thisHost } from '../place.ts';
import { NOT_WATCHING, WATCHING, rulesHere } from '../rules.ts';
import { type AgentNow, agentNow } from '../status.ts';
import { agentFindings } from './agent-findings.ts';
import { type Report, collectorFindings, runCollectors } from './collector-findings.ts';
import { type Finding, type Level, fail, linesOf, ok, warn } from './finding.ts';
import { configFindings, dataFolderFindings } from './place-findings.ts';
import { reachServer } from './reach.ts';

export type Diagnosis = {
  readonly version: string;
  readonly node: string;
  readonly platform: string;
  readonly findings: readonly Finding[];
  readonly collectors: Report;
};

export const doctor = async (args: Arguments): Promise<ExitCode> => {
  const diagnosis = await diagnose(args);
  const countOf = (level: Level) => diagnosis.findings.filter((one) => one.level === level).length;
  const [failures, warnings] = [countOf('fail'), countOf('warn')];
  print(args.isJson, diagnosis, [
    ...linesOf(diagnosis.findings),
    failures + warnings === 0 ? 'All is well.' : `${failures} to be mended, ${warnings} to be looked at.`,
  ]);
  endSoon();
  return failures === 0 ? EXIT.ok : EXIT.failure;
};

export const diagnose = async (args: Arguments): Promise<Diagnosis> => {
  const { config, origins } = readConfig(args);
  const host = thisHost(config);
  const identity = await readOrProblem(config);
  const now = await agentNow(filesOf(config).status).catch(() => undefined);
  const [run, reached, folder, files] = await Promise.all([
    runCollectors(host),
    serverFindings(config, identity),
    dataFolderFindings(config.data_dir),
    configFindings(filesIn(origins)),
  ]);
  const findings = [
    ...userFindings(),
    ...files,
    ...folder,
    enrolmentFinding(identity),
    ...(isEnrolled(identity) ? agentFindings(now) : []),
    ...reached,
    ...collectorFindings(run, collectorsOf(now)),
    ...(await ruleFindings(config, host, run.report)),
  ];
  const { node } = process.versions;
  return { version: VERSION, node, platform: `${process.platform} ${process.arch}`, findings, collectors: run.report };
};

const collectorsOf = (now: AgentNow | undefined) => (now?.running ? now.collectors : undefined);

type Who = Identity | undefined | CliError;

const readOrProblem = async (config: Config): Promise<Who> => {
  try {
    return await readIdentity(config);
  } catch (error) {
    if (error instanceof CliError) return error;
    throw error;
  }
};

const isEnrolled = (identity: Who): boolean => !(identity instanceof CliError) && Boolean(identity?.enrolled);

const enrolmentFinding = (identity: Who): Finding => {
  if (identity instanceof CliError) return fail('enrolment', identity.message);
  if (!identity?.enrolled)
    return fail('enrolment', 'this machine is not enrolled', 'fettle-agent enroll --server URL --token-file FILE');
  const { deviceId, serverUrl, site } = identity.enrolled;
  return ok('enrolment', `device ${deviceId} of ${serverUrl}, site ${site}`);
};

const serverFindings = async (config: Config, identity: Who): Promise<readonly Finding[]> => {
  const enrolled = identity instanceof CliError ? undefined : identity?.enrolled;
  const url = config['server.url'] ?? enrolled?.serverUrl;
  if (url === undefined) return [fail('server', 'no server is set', 'set server.url in the configuration')];
  try {
    return await reachServer(url, wayTo(url, config));
  } catch (error) {
    if (error instanceof CliError) return [fail('server', error.message)];
    throw error;
  }
};

const userFindings = (): readonly Finding[] =>
  process.getuid === undefined || process.getuid() === 0
    ? []
    : [warn('user', 'not run as root: what follows is what this user sees', 'sudo fettle-agent doctor')];

/** "file /etc/fettle/agent.toml" */
const filesIn = (origins: Readonly<Record<string, string>>): readonly string[] => [
  ...new Set(Object.values(origins).flatMap((origin) => /^(?:file|managed policy) (.+)$/.exec(origin)?.[1] ?? [])),
];

const ruleFindings = async (config: Config, host: Host, report: Report): Promise<readonly Finding[]> => {
  const { rules, ruleSet } = await rulesHere(config, host, report);
  const blind = rules.filter(({ watching }) => watching.startsWith(NOT_WATCHING));
  const watched = rules.filter(({ watching }) => watching === WATCHING).length;
  return [
    ok('rules', `${watched} are watched here, of the ${ruleSet === 'pack' ? 'package' : `rule set ${ruleSet}`}`),
    ...blind.map(({ id, watching }) => ok(`rule ${id}`, watching)),
  ];
};

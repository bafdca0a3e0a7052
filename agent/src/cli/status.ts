import { codeOf } from '@fettle/shared/error';
import { formatBytes } from '@fettle/shared/words/format';

import { parseJson } from '../collect/json.parse.ts';
import { nodeFs } from '../host/fs.ts';
import { type Arguments, readConfig } from './arguments.ts';
import { readIdentity } from './enroll.ts';
import { CliError, EXIT, type ExitCode, print, table } from './exit.ts';
import { filesOf } from './place.ts';
import { type StatusFile, statusFile } from './status.schema.ts';

/** The agent writes each minute; without news for this long it does not run. */
const FRESH_MS = 150_000;

export const status = async (args: Arguments): Promise<ExitCode> => {
  const { config } = readConfig(args);
  if (!(await readIdentity(config))?.enrolled) {
    throw new CliError(
      EXIT.notEnrolled,
      'This machine is not enrolled. Run: fettle-agent enroll --server URL --token-file FILE',
    );
  }
  const now = await agentNow(filesOf(config).status);
  if (!now) throw new CliError(EXIT.failure, 'The agent has not run here yet. Run: fettle-agent run');
  print(args.isJson, now, linesOf(now));
  if (!now.running) return EXIT.failure;
  return now.connected ? EXIT.ok : EXIT.unreachable;
};

export type AgentNow = StatusFile & { readonly running: boolean; readonly connected: boolean; readonly ageMs: number };

/** What the resident agent last wrote, and whether it still runs. @returns undefined where it never ran. @throws as fs does */
export const agentNow = async (path: string): Promise<AgentNow | undefined> => {
  // a power cut may leave anything in a file that is not forced to the disk
  const parsed = statusFile.safeParse(parseJson((await nodeFs.read(path)) ?? ''));
  if (!parsed.success) return undefined;
  const ageMs = Date.now() - parsed.data.atMs;
  const running = ageMs < FRESH_MS && isAlive(parsed.data.pid);
  return { ...parsed.data, running, connected: running && parsed.data.link.state === 'open', ageMs };
};

const linesOf = (data: AgentNow): readonly string[] => {
  const { alerts, metrics } = data.lanes;
  const link = data.connected ? 'connected' : `not connected: ${data.link.lastError || data.link.state}`;
  return [
    ...table([
      ['agent', data.running ? `running, process ${data.pid}, version ${data.version}` : 'not running'],
      ['device', data.deviceId],
      ['server', `${data.serverUrl}, ${link}`],
      ['waiting to be sent', `${alerts.pending} alert records, ${metrics.pending} batches`],
      ['dropped', `${alerts.dropped} alert records, ${metrics.dropped} batches`],
      ['set aside', `${alerts.setAside ?? 0} alert records, ${metrics.setAside ?? 0} batches`],
      ['on the disk', formatBytes((alerts.diskBytes ?? 0) + (metrics.diskBytes ?? 0))],
      ...(data.spool ?? []).map((trouble) => [`${trouble.lane} in memory`, trouble.why]),
      ...data.leftOut.map(({ rule, why }) => ['rule not judged', `${rule}, update the agent: ${why}`]),
      ['open alerts', data.openAlerts.length === 0 ? 'none' : ''],
      ...data.openAlerts.map(({ rule, instance, severity }) => ['', `${severity} ${rule} ${instance}`]),
    ]),
    `as of ${new Date(data.atMs).toISOString()}`,
  ];
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
};

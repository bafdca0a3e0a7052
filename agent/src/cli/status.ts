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
  const data = await readStatus(filesOf(config).status);
  const ageMs = Date.now() - data.atMs;
  const running = ageMs < FRESH_MS && isAlive(data.pid);
  const connected = running && data.link.state === 'open';
  print(args.isJson, { ...data, running, connected, ageMs }, linesOf(data, running, connected));
  if (!running) return EXIT.failure;
  return connected ? EXIT.ok : EXIT.unreachable;
};

const readStatus = async (path: string): Promise<StatusFile> => {
  const parsed = statusFile.safeParse(parse((await nodeFs.read(path)) ?? ''));
  if (parsed.success) return parsed.data;
  throw new CliError(EXIT.failure, 'The agent has not run here yet. Run: fettle-agent run');
};

/** A power cut may leave anything in a file that is not forced to the disk. */
const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const linesOf = (data: StatusFile, isRunning: boolean, isConnected: boolean): readonly string[] => {
  const { alerts, metrics } = data.lanes;
  const link = isConnected ? 'connected' : `not connected: ${data.link.lastError || data.link.state}`;
  return [
    ...table([
      ['agent', isRunning ? `running, process ${data.pid}, version ${data.version}` : 'not running'],
      ['device', data.deviceId],
      ['server', `${data.serverUrl}, ${link}`],
      ['waiting to be sent', `${alerts.pending} alert records, ${metrics.pending} batches`],
      ['dropped', `${alerts.dropped} alert records, ${metrics.dropped} batches`],
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
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};

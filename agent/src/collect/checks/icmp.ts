// Does it answer a ping? Node has no raw sockets: the system's own ping sends three packets, a second apart.
import { type CheckHost, HostError } from '../../host/host.ts';
import type { Finding } from './finding.ts';
import { parsePing, pingProblem } from './ping.parse.ts';

const PACKETS = 3;
/** Ping waits a second between two packets. */
const SENDING_MS = (PACKETS - 1) * 1_000;
const GRACE_MS = 1_000;
/** What it says when this machine does not let it. */
const FORBIDDEN = /permitted|permission denied|socket/i;

/** @throws HostError */
export const lookByIcmp = async (host: CheckHost, target: string, timeoutMs: number): Promise<Finding> => {
  const args = ['-n', '-c', String(PACKETS), '-W', String(Math.ceil(timeoutMs / 1000)), target];
  const { stdout, stderr } = await host.run('ping', args, { timeoutMs: SENDING_MS + timeoutMs + GRACE_MS });
  const summary = parsePing(stdout);
  if (!summary) throw problemOf(stderr);
  const { sent, received, meanMs } = summary;
  return {
    passed: received > 0,
    ...(received === 0 && { why: 'no answer to ping' }),
    values: [
      { metric: 'fettle.check.loss', value: (sent - received) / sent },
      ...(meanMs === undefined ? [] : [{ metric: 'fettle.check.latency', value: meanMs / 1000 } as const]),
    ],
    facts: [{ label: 'Address of ping', value: target }],
  };
};

const problemOf = (stderr: string): HostError => {
  const said = pingProblem(stderr) || 'ping said nothing';
  return FORBIDDEN.test(said) ? new HostError('permission', `ping: ${said}`) : new HostError('service_broken', said);
};

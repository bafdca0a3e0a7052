// `npm run bench:agent -- [--minutes N] [--warm-up SECONDS]`: what the agent costs the machine that it watches.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { BenchResident } from './bench/bench-resident.ts';
import { BenchServer } from './bench/bench-server.ts';
import { CountingProxy } from './bench/counting-proxy.ts';
import { cpuSecondsWithChildren, memoryOf } from './bench/process-cost.ts';
import { countPrograms } from './bench/programs.ts';
import { buildAgent } from './build/agent.ts';
import { makeCertificates } from './certificates.ts';
import { choosePort } from './start/port.ts';

const SHORTEST_MINUTES = 3;
const TRACED_MS = 65_000;
const HOUR_S = 3600;

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: { minutes: { type: 'string', default: '3' }, 'warm-up': { type: 'string', default: '60' } },
  });
  const minutes = Number(values.minutes);
  const warmUpS = Number(values['warm-up']);
  if (!(minutes >= SHORTEST_MINUTES && warmUpS >= 0)) throw new Error('--minutes N: at least 3, else chance decides');
  await buildAgent();
  const folder = mkdtempSync(join(tmpdir(), 'fettle-bench-agent-'));
  const [server, proxy, agent] = [new BenchServer(), new CountingProxy(), new BenchResident(join(folder, 'agent'))];
  try {
    const { ca, cert, key } = makeCertificates(folder);
    const url = `https://127.0.0.1:${await proxy.listen()}`;
    const port = await choosePort(undefined);
    proxy.to(port);
    await server.start(['--cert-file', cert, '--key-file', key, '--public-url', url, '--port', String(port)]);
    const connection = { url, token: server.newToken(1), caFile: ca };
    await agent.enroll(connection);
    const startCpuMs = await agent.start(connection);
    await sleep(warmUpS * 1000);
    print({
      ...(await measure(agent, proxy, minutes)),
      start_cpu_ms: startCpuMs,
      execve: await countPrograms(agent.pid, TRACED_MS),
    });
  } finally {
    await agent.stop();
    await server.stop();
    proxy.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

const measure = async (agent: BenchResident, proxy: CountingProxy, minutes: number) => {
  const series = await agent.countSeries();
  const before = { cpuS: cpuSecondsWithChildren(agent.pid), bytes: proxy.bytes, atMs: performance.now() };
  await sleep(minutes * 60_000);
  const hours = (performance.now() - before.atMs) / 1000 / HOUR_S;
  const cpuPerHour = (cpuSecondsWithChildren(agent.pid) - before.cpuS) / hours;
  const { pssAnonMib, pssMib, rssMib } = memoryOf(agent.pid);
  return {
    cpu_s_per_hour: round(cpuPerHour, 2),
    cpu_s_per_hour_per_1000_series: round((cpuPerHour / series) * 1000, 1),
    series,
    pss_anon_mib: round(pssAnonMib, 1),
    pss_mib: round(pssMib, 1),
    rss_mib: round(rssMib, 1),
    wire_bytes_per_hour: round((proxy.bytes - before.bytes) / hours, 0),
  };
};

const print = (figures: Readonly<Record<string, number | null>>): void => {
  for (const [name, value] of Object.entries(figures))
    process.stdout.write(`${name.padEnd(36)}${value ?? 'no strace'}\n`);
  process.stdout.write(`${JSON.stringify(figures)}\n`);
};

const round = (value: number, digits: number): number => Number(value.toFixed(digits));

await main();

// `npm run bench:ingest -- [--agents N] [--seconds N]`: how many batches a second the server takes on one core, acked after fsync.
// The CPU time of the server's process is the figure to trust: wall time is shared with the senders on the same machine.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { BenchServer } from './bench/bench-server.ts';
import { cpuSeconds, residentMib } from './bench/process-cost.ts';
import { Sender, type Sent } from './bench/sender.ts';
import { createTrace } from './bench/trace.ts';

const STEPS = 6;
const WARM_UP_MS = 2_000;
const DRAIN_MS = 50;

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: { agents: { type: 'string', default: '100' }, seconds: { type: 'string', default: '10' } },
  });
  const sent: Sent = { batches: 0, bytes: 0, ackMs: [] };
  const agents = Array.from({ length: Number(values.agents) }, (_, index) => new Sender(index, sent));
  const server = new BenchServer();
  await server.start();
  try {
    const token = server.newToken(agents.length);
    for (const agent of agents) await agent.enroll(server.url, token);
    await Promise.all(agents.map((agent) => agent.connect(server.url)));
    for (const agent of agents) agent.start();
    await sleep(WARM_UP_MS);
    const figures = await measure(server, agents, sent, Number(values.seconds) * 1000);
    for (const [name, value] of Object.entries(figures)) process.stdout.write(`${name.padEnd(36)}${value}\n`);
    process.stdout.write(`${JSON.stringify(figures)}\n`);
  } finally {
    for (const agent of agents) agent.close();
    await server.stop();
  }
};

/** From full windows to everything acknowledged, so that no batch is counted whose work is not. */
const measure = async (server: BenchServer, agents: readonly Sender[], sent: Sent, forMs: number) => {
  await drain(agents);
  const before = { cpu: cpuSeconds(server.pid), disk: server.diskBytes, batches: sent.batches, bytes: sent.bytes };
  sent.ackMs.length = 0;
  const startedMs = performance.now();
  for (const agent of agents) agent.start();
  await sleep(forMs);
  await drain(agents);
  const seconds = (performance.now() - startedMs) / 1000;
  const batches = sent.batches - before.batches;
  const samples = batches * createTrace(0).series.length * STEPS;
  const cpu = cpuSeconds(server.pid) - before.cpu;
  const sorted = sent.ackMs.toSorted((a, b) => a - b);
  return {
    agents: agents.length,
    batches,
    samples,
    batches_per_cpu_second: round(batches / cpu, 0),
    cpu_s_per_million_samples: round((cpu / samples) * 1e6, 3),
    batches_per_second_wall: round(batches / seconds, 0),
    ack_p50_ms: round(sorted[Math.floor(sorted.length * 0.5)] ?? 0, 1),
    ack_p99_ms: round(sorted[Math.floor(sorted.length * 0.99)] ?? 0, 1),
    wire_bytes_per_sample: round((sent.bytes - before.bytes) / samples, 3),
    hot_bytes_per_sample: round((server.diskBytes - before.disk) / samples, 3),
    server_rss_mib: round(residentMib(server.pid), 0),
  };
};

const drain = async (agents: readonly Sender[]): Promise<void> => {
  for (const agent of agents) agent.stop();
  while (agents.some((agent) => agent.pending > 0)) await sleep(DRAIN_MS);
};

const round = (value: number, digits: number): number => Number(value.toFixed(digits));

await main();

// `npm run bench:agent -- [--peers] [--minutes N] [--warm-up SECONDS]`: what the agent costs the machine that it watches, and
// with --peers what others cost on the same machine in the same minutes.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { HOUR_MS, MINUTE_MS, SECOND_MS } from '@fettle/shared/time';

import { Pair } from './bench/pair.ts';
import { peers } from './bench/peers.ts';
import { bytesToDisk, cpuSecondsOfTree, memoryOf, memoryOfTree } from './bench/process-cost.ts';
import { countPrograms } from './bench/programs.ts';
import { type RunningPeer, startPeer } from './bench/running-peer.ts';

const SHORTEST_MINUTES = 3;
const TRACED_MS = 180_000;
const SLACK_MS = 30_000;
/** At a hundred times the usual speed: three hours. */
const SOAK_MS = 108_000;
const RECONNECTS = 4;

type Figures = Record<string, number | null>;

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '3' },
      'warm-up': { type: 'string', default: '60' },
      peers: { type: 'boolean', default: false },
    },
  });
  const minutes = Number(values.minutes);
  const warmUpS = Number(values['warm-up']);
  if (!(minutes >= SHORTEST_MINUTES && warmUpS >= 0)) throw new Error('--minutes N: at least 3, else chance decides');
  const pair = new Pair();
  const others: RunningPeer[] = [];
  try {
    const quietMs = warmUpS * SECOND_MS + minutes * MINUTE_MS + TRACED_MS + SLACK_MS;
    const start_cpu_ms = await pair.start(quietMs);
    const start_cpu_ms_of_node = round(pair.nothingCpuMs(), 0);
    if (values.peers) await startPeers(others, pair.folder);
    await sleep(warmUpS * SECOND_MS);
    const figures = {
      ...(await measure(pair, others, minutes)),
      start_cpu_ms: round(start_cpu_ms, 0),
      start_cpu_ms_of_node,
    };
    await stopAll(others);
    const execve = await countPrograms(pair.agent.pid, TRACED_MS);
    print({ ...figures, execve, ...(await soak(pair)) });
  } finally {
    await stopAll(others);
    await pair.stop();
  }
};

const startPeers = async (others: RunningPeer[], folder: string): Promise<void> => {
  for (const peer of peers) {
    const running = await startPeer(peer, folder);
    if (running) others.push(running);
    else process.stderr.write(`${peer.name} is left out: apt-get install ${peer.package}\n`);
  }
};

const stopAll = async (others: RunningPeer[]): Promise<void> => {
  for (const peer of others.splice(0)) await peer.stop();
};

/** All of them over the same minutes. */
const measure = async (pair: Pair, others: readonly RunningPeer[], minutes: number): Promise<Figures> => {
  const { agent } = pair;
  const series = await agent.countSeries();
  const cpuOf = () => [agent.pid, ...others.map(({ pid }) => pid)].map(cpuSecondsOfTree);
  const before = { cpu: cpuOf(), wire: pair.wireBytes, disk: bytesToDisk(agent.pid), atMs: performance.now() };
  await sleep(minutes * MINUTE_MS);
  const hours = (performance.now() - before.atMs) / HOUR_MS;
  const [own = 0, ...theirs] = cpuOf().map((seconds, index) => (seconds - (before.cpu[index] ?? 0)) / hours);
  const { pssAnonMib, pssMib, rssMib } = memoryOf(agent.pid);
  return {
    cpu_s_per_hour: round(own, 2),
    cpu_s_per_hour_per_1000_series: round((own / series) * 1000, 1),
    child_cpu_s_per_hour: round(agent.childCpuSPerHour(), 2),
    series,
    pss_anon_mib: round(pssAnonMib, 1),
    pss_mib: round(pssMib, 1),
    rss_mib: round(rssMib, 1),
    wire_bytes_per_hour: round((pair.wireBytes - before.wire) / hours, 0),
    disk_bytes_per_hour: round((bytesToDisk(agent.pid) - before.disk) / hours, 0),
    ...Object.fromEntries(others.flatMap((peer, index) => figuresOf(peer, theirs[index] ?? 0, own))),
  };
};

const figuresOf = (peer: RunningPeer, cpu: number, own: number): readonly (readonly [string, number | null])[] => {
  const { name, problem } = peer;
  if (problem !== undefined) {
    process.stderr.write(`${name} counts for nothing: ${problem}\n`);
    return [[`ratio_cpu_${name}`, null]];
  }
  return [
    [`cpu_s_per_hour_${name}`, round(cpu, 2)],
    [`pss_mib_${name}`, round(memoryOfTree(peer.pid).pssMib, 1)],
    [`ratio_cpu_${name}`, round(cpu / own, 2)],
  ];
};

/** Three hours' worth of beats and some broken connections; what it holds then is the figure. */
const soak = async (pair: Pair): Promise<Figures> => {
  await pair.hasten();
  for (let time = 0; time <= RECONNECTS; time += 1) {
    await sleep(SOAK_MS / (RECONNECTS + 1));
    if (time < RECONNECTS) pair.proxy.cut();
  }
  const { pssAnonMib } = memoryOf(pair.agent.pid);
  return { pss_anon_soak_mib: round(pssAnonMib, 1), soak_beats: pair.agent.beats };
};

const print = (figures: Figures): void => {
  for (const [name, value] of Object.entries(figures))
    process.stdout.write(`${name.padEnd(36)}${value ?? 'not measured'}\n`);
  process.stdout.write(`${JSON.stringify(figures)}\n`);
};

const round = (value: number, digits: number): number => Number(value.toFixed(digits));

await main();

// `npm run fuzz -- [--seed N] [--messages N] [--frames N] [--segment-bytes N]`: broken input for everything that reads what others wrote.
// One crash, or a figure that falls short, and it ends with 1.
import { parseArgs } from 'node:util';

import { fuzz } from './fuzz/run.ts';
import { countsOf } from './fuzz/tally.ts';

const LOOP_P99_MAX_MS = 50;
const RSS_GROWTH_MAX_MIB = 30;

const options = {
  seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  messages: { type: 'string', default: '1000000' },
  frames: { type: 'string', default: '250000' },
  'segment-bytes': { type: 'string', default: '65536' },
} as const;

const main = async (): Promise<void> => {
  const { values } = parseArgs({ options });
  const [seed, messages, frames] = [Number(values.seed), Number(values.messages), Number(values.frames)];
  process.stderr.write(`seed ${seed}\n`);
  const startedMs = performance.now();
  const { server, agent, segmentCases, cost, crashes } = await fuzz({
    seed,
    messages,
    frames,
    segmentBytes: Number(values['segment-bytes']),
  });
  for (const crash of crashes) process.stderr.write(`${crash}\n`);
  const { loopP99Ms = Infinity, loopMaxMs = Infinity, rssGrowthMib = Infinity } = cost ?? {};
  const figures = {
    seed,
    messages,
    frames,
    segment_cases: segmentCases,
    crashes: crashes.length,
    server_messages: countsOf(server.texts),
    server_frames: countsOf(server.frames),
    server_hellos: server.hellos,
    agent_messages: countsOf(agent),
    slowest_ms: Math.round(server.slowestMs * 10) / 10,
    loop_p99_ms: loopP99Ms,
    loop_max_ms: loopMaxMs,
    rss_growth_mib: rssGrowthMib,
    seconds: Math.round((performance.now() - startedMs) / 1000),
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  const isShort = crashes.length > 0 || loopP99Ms >= LOOP_P99_MAX_MS || rssGrowthMib >= RSS_GROWTH_MAX_MIB;
  process.exitCode = isShort ? 1 : 0;
};

await main();

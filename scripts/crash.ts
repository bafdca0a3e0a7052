// `npm run crash -- [--cycles N] [--seed N]`: the real agent and the real server, killed again and again with a faulty network
// between. Nothing that was on a disk may be lost or doubled. The last line is the figures as JSON; 1 when a promise was broken.
import { parseArgs } from 'node:util';

import { CrashLoop } from './crash/loop.ts';

const { values } = parseArgs({
  options: { cycles: { type: 'string', default: '1000' }, seed: { type: 'string', default: '1' } },
});
const loop = new CrashLoop({
  cycles: Number(values.cycles),
  seed: Number(values.seed),
  log: (line) => process.stderr.write(`${line}\n`),
});
const { figures, problems } = await loop.run();
for (const problem of problems) process.stderr.write(`${problem}\n`);
for (const [name, value] of Object.entries(figures)) process.stderr.write(`${name.padEnd(36)}${value}\n`);
process.stdout.write(`${JSON.stringify({ ...figures, problems: problems.length })}\n`);
process.exitCode = problems.length > 0 ? 1 : 0;

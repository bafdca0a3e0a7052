// `npm run powercut -- [--databases N] [--spools N] [--seed N]`: the power goes at each moment of what a real server did to its disk, and of
// what an agent's spool does, and leaves each time what a disk may leave. Nothing that was acknowledged may be gone, and everything
// must start without a person. The last line is the figures as JSON; 1 when a promise was broken.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { cutDatabases } from './powercut/databases.ts';
import { record } from './powercut/record.ts';
import { cutSpools } from './powercut/spools.ts';
import { Random } from './sim/random.ts';

const { values } = parseArgs({
  options: {
    databases: { type: 'string', default: '1500' },
    spools: { type: 'string', default: '5000' },
    seed: { type: 'string', default: '1' },
  },
});
const seed = Number(values.seed);
const folder = mkdtempSync(join(tmpdir(), 'fettle-powercut-'));
try {
  const spools = await cutSpools(Number(values.spools), seed);
  const databases = cutDatabases(await record(folder), Number(values.databases), new Random(seed).next);
  const problems = [...spools.problems, ...databases.problems];
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  const figures = {
    seed,
    moments: databases.moments,
    dirty_moments: databases.dirtyMoments,
    acks: databases.acks,
    database_images: databases.images,
    spool_moments: spools.moments,
    spool_images: spools.images,
    problems: problems.length,
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  process.exitCode = problems.length > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

// `npm run package [-- TARGET|NAME …] [--verify]`: what is installed on machines, into dist/, with the hashes of all. `--verify` makes all of
// it a second time elsewhere and compares the bytes. `--trial` compares the forms that the agent could have. Ends with 0, with 1 when something could not be made or differs, with 2 when
// a tool is missing.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inspect, parseArgs } from 'node:util';

import { MissingError } from './debian/missing-error.ts';
import { agentLinuxJobs } from './package/agent-linux.ts';
import { agentVersion } from './package/agent-tree.ts';
import { lineOf, writeSums } from './package/artefacts.ts';
import { chooseJobs } from './package/choose-jobs.ts';
import { epochOf } from './package/epoch.ts';
import { type Job, nameOf } from './package/job.ts';
import { agentPkgs } from './package/mac/job.ts';
import { type Made, type Order, make } from './package/make.ts';
import { bringNodes } from './package/node-binaries.ts';
import { agentSbom } from './package/sbom.ts';
import { serverLinuxJobs } from './package/server-linux.ts';
import { linuxTargets } from './package/targets.ts';
import { requireTools } from './package/tools.ts';
import { trial } from './package/trial.ts';
import { agentAdmx } from './package/windows/admx.ts';
import { agentMsi } from './package/windows/msi.ts';

const root = dirname(import.meta.dirname);
const [WRONG, MISSING] = [1, 2] as const;

/** One line for each package that there is. */
const jobs: readonly Job[] = [agentSbom, ...agentLinuxJobs, agentMsi, agentAdmx, ...agentPkgs, ...serverLinuxJobs];

const main = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    options: { verify: { type: 'boolean', default: false }, trial: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  if (values.trial) return compareForms();
  const chosen = chooseJobs(jobs, positionals);
  requireTools(chosen.flatMap(({ needs }) => needs));
  await bringNodes(chosen.flatMap(({ target }) => target ?? []));
  const order = {
    jobs: chosen,
    out: join(root, 'dist'),
    version: agentVersion(),
    epochS: await epochOf(root, process.env),
  };
  const made = await make(order);
  await writeSums(order.out);
  for (const one of made) process.stdout.write(`${lineOf(one)}\n`);
  if (values.verify) await verify(order, made);
};

/** On the system of this machine. */
const compareForms = async (): Promise<void> => {
  const target = linuxTargets.find(({ name }) => name === `${process.platform}-${process.arch}`);
  if (!target) throw new MissingError('The trial reads what a process costs from /proc: it runs on Linux.');
  requireTools([target.strip]);
  await bringNodes([target]);
  for (const row of await trial(target)) process.stdout.write(`${JSON.stringify(row)}\n`);
};

const verify = async (order: Order, first: readonly Made[]): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'fettle-package-again-'));
  try {
    const second = await make({ ...order, out: folder });
    const differing = first.filter(({ sha256 }, index) => sha256 !== second[index]?.sha256);
    for (const { job } of differing) process.stdout.write(`DIFFERS the second time: ${nameOf(job)}\n`);
    if (differing.length > 0) process.exitCode = WRONG;
    else process.stdout.write(`${first.length} made twice, the same bytes each time\n`);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

try {
  await main();
} catch (error) {
  const isMissing = error instanceof MissingError;
  process.stderr.write(`${isMissing ? error.message : inspect(error)}\n`);
  process.exitCode = isMissing ? MISSING : WRONG;
}

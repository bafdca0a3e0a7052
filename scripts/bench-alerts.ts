// `npm run bench:alerts -- [--devices N] [--viewers N]`: 16 transitions of each device that are all told within one minute, through the
// real writer thread (groups of 256, each synced), outbox, event log and live feed. `--flapping`: 100,000 of one device within an hour in
// place of it. The last line is the figures as JSON; 1 when one falls short.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { AlertBench } from './bench/alert-bench.ts';
import { TICKETS_MOST, playFlapping } from './bench/flapping-device.ts';

const FLAPPING_EVENTS = 100_000;

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      devices: { type: 'string', default: '6250' },
      viewers: { type: 'string', default: '3' },
      flapping: { type: 'boolean', default: false },
    },
  });
  if (values.flapping) benchFlapping();
  else await benchStorm(values);
};

const benchFlapping = (): void => {
  const startedMs = performance.now();
  const figures = playFlapping(FLAPPING_EVENTS);
  const seconds = Number(((performance.now() - startedMs) / 1000).toFixed(1));
  process.stdout.write(`${JSON.stringify({ ...figures, seconds })}\n`);
  const isShort = figures.tickets > TICKETS_MOST || figures.notices > figures.problems;
  if (isShort)
    process.stderr.write(`falls short: more than ${TICKETS_MOST} tickets, or than one notice of each problem\n`);
  process.exitCode = isShort ? 1 : 0;
};

const benchStorm = async (values: { readonly devices: string; readonly viewers: string }): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'fettle-alerts-'));
  const bench = await AlertBench.open(folder, Number(values.devices));
  try {
    const figures = await bench.run(Number(values.viewers));
    const problems = bench.problems(figures);
    for (const [name, value] of Object.entries(figures)) process.stdout.write(`${name.padEnd(28)}${value}\n`);
    for (const problem of problems) process.stderr.write(`falls short: ${problem}\n`);
    process.stdout.write(`${JSON.stringify(figures)}\n`);
    process.exitCode = problems.length > 0 ? 1 : 0;
  } finally {
    await bench.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

await main();

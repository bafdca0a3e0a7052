import { setTimeout as sleep } from 'node:timers/promises';

import type { ProcessUse } from '@fettle/shared/alert/alert';
import { formatBytes, formatPercent } from '@fettle/shared/words/format';

import { reasonOf } from '../collect/collector.ts';
import { type ProcessTable, busiest, readProcesses } from '../collect/processes/process-table.ts';
import { systemClock } from '../host/clock.ts';
import type { Host } from '../host/host.ts';
import { type Arguments, readConfig } from './arguments.ts';
import { CliError, EXIT, type ExitCode, print, table } from './exit.ts';
import { thisHost } from './place.ts';

const SPAN_MS = 1_000;
/** By CPU, and as many by memory. */
const MOST = 10;

/** What uses most CPU, over a second, and what holds most memory. */
export const processes = async (args: Arguments): Promise<ExitCode> => {
  const host = thisHost(readConfig(args).config);
  const before = readAll(host);
  await sleep(SPAN_MS);
  const found = busiest(host, readAll(host), before, MOST);
  print(args.isJson, { processes: found }, table(found.map(rowOf)));
  return EXIT.ok;
};

const readAll = (host: Host): ProcessTable => {
  try {
    return readProcesses(host, systemClock.monoMs());
  } catch (error) {
    throw new CliError(EXIT.failure, `Processes cannot be read here: ${reasonOf(error).detail}`);
  }
};

const rowOf = ({ pid, name, cpu, memoryBytes }: ProcessUse): readonly string[] => [
  String(pid),
  name,
  cpu === undefined ? '' : formatPercent(cpu, 1),
  formatBytes(memoryBytes),
];

// Failing hardware and crashes, as the kernel tells of them: each line counted once, over restarts of the agent too. The first
// reading ever counts what the kernel still holds since boot. What is noted is noted before it is judged: an agent killed in
// between misses the lines of that minute rather than counting them twice.
import type { MetricName } from '@fettle/shared/metric/catalog';
import { linux } from '@fettle/shared/metric/read-by-linux';
import type { Sample } from '@fettle/shared/metric/sample';
import type { Reason } from '@fettle/shared/wire/record.schema';

import type { Host, KernelLog } from '../../host/host.ts';
import { type Capability, type Collector, type Reading, type Section, available, reasonOf } from '../collector.ts';
import { type LineClass, crashClasses, hardwareClasses } from './kernel-lines.ts';
import { type KernelMemory, kernelMemory } from './kernel-memory.schema.ts';
import { KernelTally } from './kernel-tally.ts';

const ID = 'kernel-log';
const CHUNK = 500;
/** To be read at once: after a start mostly ones that are known already. */
const RECORDS_MAX = 20_000;
/** To be judged at once; the rest follows a minute later. */
const FRESH_MAX = 2_000;

export const kernelLog = (): Collector => {
  const lines = new KernelLines();
  return {
    id: ID,
    ...linux['kernel-log'],
    timeoutMs: 5_000,
    probe: async (host) => lines.probe(host),
    collect: (host, { monoMs }) => Promise.resolve(lines.read(host, monoMs)),
    close: () => lines.close(),
  };
};

class KernelLines {
  #log: KernelLog | undefined;
  /** At hand also where the disk takes nothing. */
  #known: KernelMemory | undefined;
  /** The section is given when it may be another than the last. */
  #isTold = false;

  probe(host: Host): Capability {
    try {
      this.#open(host);
      return available('/dev/kmsg');
    } catch (error) {
      return { ok: false, reason: withFix(reasonOf(error)) };
    }
  }

  read(host: Host, monoMs: number): Reading {
    try {
      this.#known ??= remembered(host);
      // both clocks stand while the machine sleeps: right for what was written since it last woke, early for older lines
      const tally = new KernelTally(this.#known, host.bootId(), host.wallMs() - monoMs);
      const isAll = readInto(tally, this.#open(host));
      this.#known = tally.memory;
      if (tally.fresh > 0) host.memory.write(ID, tally.memory);
      const isNews = !this.#isTold || tally.fresh > 0;
      this.#isTold = true;
      return { ...readingOf(tally, isAll), ...(isNews && sectionsOf(tally)) };
    } catch (error) {
      this.close(); // opened anew at the next reading; what is known is skipped then
      throw error;
    }
  }

  close(): void {
    this.#log?.close();
    this.#log = undefined;
  }

  #open(host: Host): KernelLog {
    return (this.#log ??= host.openKernelLog());
  }
}

const withFix = (reason: Reason): Reason =>
  reason.code === 'permission'
    ? { ...reason, fix: 'run the agent as root, or give it CAP_SYSLOG and leave to read /dev/kmsg' }
    : reason;

const remembered = (host: Host): KernelMemory | undefined => {
  const parsed = kernelMemory.safeParse(host.memory.read(ID));
  return parsed.success ? parsed.data : undefined;
};

const readingOf = (tally: KernelTally, isAll: boolean): Reading => ({
  samples: [
    ...hardwareClasses.map((name) => sampleOf('fettle.log.hardware', name, tally)),
    ...crashClasses.map((name) => sampleOf('fettle.log.crash', name, tally)),
  ],
  partial: missing(tally, isAll),
});

/** @returns false when there is more than is read at once */
const readInto = (tally: KernelTally, log: KernelLog): boolean => {
  for (let read = 0; read < RECORDS_MAX && tally.fresh < FRESH_MAX; read += CHUNK) {
    const records = log.read(CHUNK);
    for (const record of records) tally.add(record);
    if (records.length === 0) return true;
  }
  return false;
};

const sampleOf = (metric: MetricName, name: LineClass, { counts }: KernelTally): Sample => ({
  metric,
  attributes: { 'fettle.log.class': name },
  value: counts.get(name) ?? 0,
});

const missing = ({ lost, unreadable }: KernelTally, isAll: boolean): readonly Reason[] => [
  ...(isAll ? [] : [{ code: 'timeout' as const, detail: 'there are more lines than are read in a minute' }]),
  ...(lost > 0 ? [{ code: 'timeout' as const, detail: `${lost} lines were overwritten before they were read` }] : []),
  ...(unreadable > 0 ? [{ code: 'parse_error' as const, detail: `${unreadable} lines are not as expected` }] : []),
];

const sectionsOf = (tally: KernelTally): Pick<Reading, 'sections'> =>
  tally.memory.lines.length === 0 ? {} : { sections: [sectionOf(tally)] };

const sectionOf = ({ memory }: KernelTally): Section => ({
  id: 'log',
  title: 'Recent log lines',
  facts: memory.lines.toReversed().map((line) => ({
    label: timeOf(line.wallMs),
    value: `${line.class}: ${line.text}`,
  })),
});

/** "2026-11-23 07:24:22 UTC" */
const timeOf = (wallMs: number): string => {
  const [day = '', time = ''] = Temporal.Instant.fromEpochMilliseconds(Math.round(wallMs))
    .toString({ smallestUnit: 'second' })
    .split(/[TZ]/);
  return `${day} ${time} UTC`;
};

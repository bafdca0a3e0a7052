// Every metric once, as data: names and units follow OpenTelemetry's semantic conventions v1.44 (`system.*`, `hw.*`);
// what they lack is under `fettle.`. A value travels, is stored, judged and charted as one integer: value ÷ resolution.

type Unit = '1' | 'By' | 'By/s' | 's' | '{operation}/s' | '{packet}/s';

export type MetricSpec = {
  readonly name: string;
  /** UCUM, as OpenTelemetry writes it: "1" is a ratio, "By" bytes, "s" seconds. */
  readonly unit: Unit;
  readonly resolution: number;
  readonly min: number;
  readonly max: number;
  /** The keys that tell the series of this metric apart; a sample without any is about the whole machine. */
  readonly attributes: readonly string[];
  readonly about: string;
  /** Where the value is one of a few states: what each number means. */
  readonly states?: Readonly<Record<string, number>>;
};

const metric = <const N extends string>(name: N, spec: Omit<MetricSpec, 'name'>) => ({ ...spec, name });

const ratio = <const N extends string>(name: N, attributes: readonly string[], about: string) =>
  metric(name, { unit: '1', resolution: 0.001, min: 0, max: 1, attributes, about });

const bytes = <const N extends string>(name: N, attributes: readonly string[], about: string) =>
  metric(name, { unit: 'By', resolution: 4096, min: 0, max: 2 ** 58, attributes, about });

const rate = <const N extends string>(name: N, unit: Unit, attributes: readonly string[], about: string) =>
  metric(name, { unit, resolution: unit === 'By/s' ? 100 : 0.1, min: 0, max: 2 ** 44, attributes, about });

const load = <const N extends string>(name: N, about: string) =>
  metric(name, { unit: '1', resolution: 0.01, min: 0, max: 1e6, attributes: [], about });

const VOLUME = ['system.device', 'system.filesystem.mountpoint', 'system.filesystem.type'] as const;
const DISK = ['system.device', 'disk.io.direction'] as const;
const NETWORK = ['network.interface.name', 'network.io.direction'] as const;

export const catalog = [
  ratio(
    'system.cpu.utilization',
    ['cpu.mode', 'cpu.logical_number'],
    'Share of the time that was not idle: of the machine, of one mode of all its CPUs, or of one CPU.',
  ),
  load('fettle.system.load.1m', 'Tasks running or waiting for CPU or disk, mean of 1 minute.'),
  load('fettle.system.load.5m', 'The same, mean of 5 minutes.'),
  load('fettle.system.load.15m', 'The same, mean of 15 minutes.'),
  bytes('system.memory.limit', [], 'Memory fitted.'),
  bytes('system.memory.usage', [], 'Memory that could not be had without swapping: limit less available.'),
  bytes('system.linux.memory.available', [], 'Memory that could be had without swapping (MemAvailable).'),
  ratio('system.memory.utilization', [], 'Usage ÷ limit.'),
  bytes('system.paging.usage', [], 'Swap or page file in use.'),
  ratio('system.paging.utilization', [], 'Swap or page file in use ÷ its size.'),
  ratio(
    'fettle.memory.commit.utilization',
    [],
    'Memory promised ÷ what may be promised, where the system enforces it.',
  ),
  ratio('fettle.pressure.cpu.some', [], 'Share of the time in which some task waited for CPU (PSI).'),
  ratio('fettle.pressure.memory.some', [], 'Share of the time in which some task waited for memory (PSI).'),
  ratio('fettle.pressure.memory.full', [], 'Share of the time in which all tasks waited for memory (PSI).'),
  ratio('fettle.pressure.io.some', [], 'Share of the time in which some task waited for disks (PSI).'),
  ratio('fettle.pressure.io.full', [], 'Share of the time in which all tasks waited for disks (PSI).'),
  bytes('system.filesystem.limit', VOLUME, 'Size of the volume.'),
  bytes('system.filesystem.usage', VOLUME, 'Bytes in use.'),
  bytes('fettle.filesystem.available', VOLUME, 'Bytes that an ordinary user may still write.'),
  ratio(
    'system.filesystem.utilization',
    VOLUME,
    'Used ÷ (used + available to ordinary users), as df has it, not rounded.',
  ),
  ratio(
    'fettle.filesystem.inodes.utilization',
    VOLUME,
    'Inodes in use ÷ inodes, where the file system has a fixed number.',
  ),
  rate('fettle.disk.io.rate', 'By/s', DISK, 'Bytes read or written per second.'),
  rate('fettle.disk.operations.rate', '{operation}/s', DISK, 'Reads or writes per second.'),
  ratio('fettle.disk.busy', ['system.device'], 'Share of the time in which the disk had work.'),
  rate('fettle.network.io.rate', 'By/s', NETWORK, 'Bytes received or sent per second.'),
  rate('fettle.network.errors.rate', '{packet}/s', NETWORK, 'Packets per second that failed.'),
  rate('fettle.network.dropped.rate', '{packet}/s', NETWORK, 'Packets per second that were dropped.'),
  metric('system.uptime', {
    unit: 's',
    resolution: 1,
    min: 0,
    max: 2 ** 40,
    attributes: [],
    about: 'Time since boot.',
  }),
  metric('fettle.service.state', {
    unit: '1',
    resolution: 1,
    min: 0,
    max: 4,
    attributes: ['fettle.service.name'],
    about: 'State of a service that should run.',
    states: { stopped: 0, running: 1, starting: 2, stopping: 3, failed: 4 },
  }),
  metric('fettle.smart.verdict', {
    unit: '1',
    resolution: 1,
    min: 0,
    max: 1,
    attributes: ['hw.id', 'hw.name'],
    about: "A disk's own verdict on itself (SMART overall health).",
    states: { passed: 0, failed: 1 },
  }),
  metric('fettle.collector.duration', {
    unit: 's',
    resolution: 0.001,
    min: 0,
    max: 3600,
    attributes: ['fettle.collector'],
    about: 'How long a reading took.',
  }),
  metric('fettle.collector.success', {
    unit: '1',
    resolution: 1,
    min: 0,
    max: 1,
    attributes: ['fettle.collector'],
    about: '1 when the reading succeeded, 0 when it failed.',
    states: { failed: 0, succeeded: 1 },
  }),
] as const satisfies readonly MetricSpec[];

export type MetricName = (typeof catalog)[number]['name'];

const byName: ReadonlyMap<string, MetricSpec> = new Map(catalog.map((spec) => [spec.name, spec]));

/** The spec of a metric, or undefined for a name that this version does not know. */
export const findMetric = (name: string): MetricSpec | undefined => byName.get(name);

export const isMetricName = (name: string): name is MetricName => byName.has(name);

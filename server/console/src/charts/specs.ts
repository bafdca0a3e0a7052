// Which charts a device page has, and which series each draws.
import type { MetricName } from '@fettle/shared/metric/catalog';
import { attributeText, metricLabel } from '@fettle/shared/words/metric-labels';

type Attributes = Readonly<Record<string, string>>;

export type ChartSpec = {
  readonly id: string;
  readonly title: string;
  readonly metrics: readonly MetricName[];
  readonly scale: 'ratio' | 'number' | 'seconds' | 'bytes per second';
  /** The scale reaches at least up to here. */
  readonly topAtLeast: number;
  /** Only series about the whole machine are drawn, not those of one CPU or mode. */
  readonly onlyWhole: boolean;
  /** The metric whose limits are drawn, as the rules have them. */
  readonly limitsOf: MetricName | null;
  readonly isWide?: boolean;
  readonly label: (metric: string, attributes: Attributes) => string;
};

const byMetric = (metric: string): string => metricLabel(metric);
const byAttributes = (_metric: string, attributes: Attributes): string => attributeText(attributes);

export const chartSpecs: readonly ChartSpec[] = [
  {
    id: 'cpu',
    title: 'CPU',
    metrics: ['system.cpu.utilization'],
    scale: 'ratio',
    topAtLeast: 1,
    onlyWhole: true,
    limitsOf: 'system.cpu.utilization',
    label: byMetric,
  },
  {
    id: 'memory',
    title: 'Memory',
    metrics: ['system.memory.utilization', 'system.paging.utilization'],
    scale: 'ratio',
    topAtLeast: 1,
    onlyWhole: true,
    limitsOf: 'system.memory.utilization',
    label: byMetric,
  },
  {
    id: 'load',
    title: 'Load',
    metrics: ['fettle.system.load.1m', 'fettle.system.load.5m', 'fettle.system.load.15m'],
    scale: 'number',
    topAtLeast: 1,
    onlyWhole: true,
    limitsOf: null,
    label: (metric) => metricLabel(metric).replace('Load, ', ''),
  },
  {
    id: 'pressure',
    title: 'Pressure',
    metrics: ['fettle.pressure.cpu.some', 'fettle.pressure.memory.some', 'fettle.pressure.io.some'],
    scale: 'ratio',
    topAtLeast: 0.1,
    onlyWhole: true,
    limitsOf: null,
    label: byMetric,
  },
  {
    id: 'volumes',
    title: 'Volumes used',
    metrics: ['system.filesystem.utilization'],
    scale: 'ratio',
    topAtLeast: 1,
    onlyWhole: false,
    limitsOf: 'system.filesystem.utilization',
    isWide: true,
    label: byAttributes,
  },
  {
    id: 'disks',
    title: 'Disk throughput',
    metrics: ['fettle.disk.io.rate'],
    scale: 'bytes per second',
    topAtLeast: 1024 ** 2,
    onlyWhole: false,
    limitsOf: null,
    label: byAttributes,
  },
  {
    id: 'network',
    title: 'Network throughput',
    metrics: ['fettle.network.io.rate'],
    scale: 'bytes per second',
    topAtLeast: 1024 ** 2,
    onlyWhole: false,
    limitsOf: null,
    label: byAttributes,
  },
  {
    id: 'latency',
    title: 'Time until it answers',
    metrics: ['fettle.check.latency'],
    scale: 'seconds',
    topAtLeast: 0.01,
    onlyWhole: false,
    limitsOf: null,
    label: byAttributes,
  },
  {
    id: 'loss',
    title: 'Packets lost',
    metrics: ['fettle.check.loss'],
    scale: 'ratio',
    topAtLeast: 0.2,
    onlyWhole: false,
    limitsOf: 'fettle.check.loss',
    label: byAttributes,
  },
  {
    id: 'interfaces',
    title: 'Throughput of its interfaces',
    metrics: ['fettle.check.network.rate'],
    scale: 'bytes per second',
    topAtLeast: 1024 ** 2,
    onlyWhole: false,
    limitsOf: null,
    isWide: true,
    label: byAttributes,
  },
];

export const chartMetrics: readonly MetricName[] = [...new Set(chartSpecs.flatMap(({ metrics }) => metrics))];

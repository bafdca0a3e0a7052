import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ChartNoAxesColumn } from 'lucide-react';
import { useEffect, useState } from 'react';

import { Choices } from '../parts/filter-bar.tsx';
import { Empty, Failure, Waiting } from '../parts/states.tsx';
import { type History, historyQuery, latestQuery, rulesQuery } from '../queries.ts';
import { type Range, ranges } from '../search.ts';
import { Chart } from './chart.tsx';
import { limitsOf } from './limits.ts';
import { plotOf } from './plot-data.ts';
import type { ChartInput } from './plot-options.ts';
import { chartMetrics, chartSpecs } from './specs.ts';
import { NO_TAIL, type Tail, extendTail } from './tail.ts';

const rangeWords: Readonly<Record<Range, string>> = {
  '15m': '15 min',
  '1h': '1 h',
  '6h': '6 h',
  '24h': '24 h',
  '7d': '7 d',
  '14d': '14 d',
};
const rangeChoices = ranges.map((range) => [rangeWords[range], range] as const);

type Props = { readonly device: string; readonly range: Range };

export const RangeChoices = ({ device, range }: Props) => (
  <Choices
    label="Range of the charts"
    options={rangeChoices}
    chosen={range}
    link={(value, props, word) => (
      <Link
        key={value}
        to="/devices/$id"
        params={{ id: device }}
        search={{ range: value }}
        replace
        resetScroll={false}
        {...props}
      >
        {word}
      </Link>
    )}
  />
);

const useTail = (device: string, history: History | undefined): Tail => {
  const { data: latest } = useQuery(latestQuery(device));
  const [tail, setTail] = useState(NO_TAIL);
  const lastMs = history?.times.at(-1) ?? history?.fromMs;
  useEffect(() => {
    if (latest !== undefined && lastMs !== undefined) setTail((held) => extendTail(held, latest, lastMs));
  }, [latest, lastMs]);
  return tail;
};

const newestMs = ({ timesMs }: ChartInput['plot']): number => timesMs.at(-1) ?? 0;

/** The charts that have something to draw. They show the same time, up to the newest reading of any. */
const useCharts = (device: string, history: History | undefined): readonly ChartInput[] => {
  const tail = useTail(device, history);
  const { data: rules } = useQuery(rulesQuery);
  const ofPack = (rules ?? []).filter(({ tenant }) => tenant === undefined);
  if (history === undefined) return [];
  const plots = chartSpecs.map((spec) => ({ spec, plot: plotOf(spec, history, tail) }));
  const filled = plots.filter(({ plot }) => plot.lines.length > 0);
  const toMs = Math.max(history.toMs, ...filled.map(({ plot }) => newestMs(plot)));
  const fromMs = toMs - (history.toMs - history.fromMs);
  return filled.map(({ spec, plot }) => {
    const limits = spec.limitsOf === null ? [] : limitsOf(ofPack, spec.limitsOf);
    return { spec, plot, limits, fromMs, toMs };
  });
};

export const DeviceCharts = ({ device, range }: Props) => {
  const history = useQuery(historyQuery(device, range, chartMetrics));
  const charts = useCharts(device, history.data);
  if (history.isPending) return <Waiting rows={12} />;
  if (history.isError && history.data === undefined) {
    return <Failure error={history.error} onRetry={() => void history.refetch()} />;
  }
  if (charts.length === 0) {
    return (
      <Empty icon={ChartNoAxesColumn} title="No readings in this time">
        Choose a longer range, or wait for the next readings of the agent.
      </Empty>
    );
  }
  return (
    <div className={`grid gap-3 transition-opacity lg:grid-cols-2 ${history.isPlaceholderData ? 'opacity-50' : ''}`}>
      {charts.map((input) => (
        <Chart key={input.spec.id} input={input} />
      ))}
    </div>
  );
};

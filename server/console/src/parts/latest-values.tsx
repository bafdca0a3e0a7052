import type { LatestView } from '@fettle/shared/api/device.schema';
import { catalog, findMetric } from '@fettle/shared/metric/catalog';
import { seriesKey } from '@fettle/shared/metric/sample';
import {
  type MetricGroup,
  attributeText,
  metricGroup,
  metricGroups,
  metricLabel,
} from '@fettle/shared/words/metric-labels';
import { formatReading } from '@fettle/shared/words/reading';
import { useQuery } from '@tanstack/react-query';

import { formatInstant } from '../format.ts';
import { latestQuery } from '../queries.ts';
import { Panel } from './panel.tsx';
import { Failure, Waiting } from './states.tsx';

type Row = { readonly metric: string; readonly reading: LatestView[string][number] };

const rank: ReadonlyMap<string, number> = new Map(catalog.map(({ name }, at) => [name, at]));
const rankOf = (metric: string): number => rank.get(metric) ?? catalog.length;

const texts = new Intl.Collator('en', { numeric: true });

const about = ({ reading }: Row): string => attributeText(reading.attributes);

/** What belongs to one volume, disk, … stands together; what is about the whole machine comes first. */
const byAttributes = (one: Row, other: Row): number =>
  texts.compare(about(one), about(other)) || rankOf(one.metric) - rankOf(other.metric);

const rowsOf = (latest: LatestView, group: MetricGroup): readonly Row[] =>
  Object.entries(latest)
    .filter(([metric]) => metricGroup(metric) === group)
    .flatMap(([metric, readings]) => readings.map((reading) => ({ metric, reading })))
    .toSorted(byAttributes);

type ValueRowProps = { readonly row: Row; readonly isFirst: boolean };

const ValueRow = ({ row, isFirst }: ValueRowProps) => {
  const { metric, reading } = row;
  const of = about(row);
  return (
    <tr className={isFirst && of !== '' ? 'border-t border-line first:border-0' : ''}>
      {of === '' ? null : (
        <td className="foreign py-0.5 pr-3 align-top font-mono text-xs leading-5 text-muted">{isFirst ? of : ''}</td>
      )}
      <td
        className="py-0.5 pr-3 align-top"
        colSpan={of === '' ? 2 : 1}
        title={`${metric}\n${findMetric(metric)?.about ?? ''}`}
      >
        {metricLabel(metric)}
      </td>
      <td
        className="py-0.5 text-right align-top font-medium whitespace-nowrap"
        title={formatInstant(Date.parse(reading.at))}
      >
        {formatReading(metric, reading.value, reading.unit)}
      </td>
    </tr>
  );
};

const Rows = ({ rows }: { readonly rows: readonly Row[] }) => (
  <table className="w-full">
    <tbody>
      {rows.map((row, at) => {
        const before = rows[at - 1];
        const isFirst = before === undefined || about(before) !== about(row);
        return <ValueRow key={seriesKey(row.metric, row.reading.attributes)} row={row} isFirst={isFirst} />;
      })}
    </tbody>
  </table>
);

const SHOWN_AT_ONCE = 24;

const Group = ({ name, rows }: { readonly name: MetricGroup; readonly rows: readonly Row[] }) => (
  <section className="mb-5 break-inside-avoid">
    <h3 className="mb-1 text-xs font-semibold text-muted">{name}</h3>
    <Rows rows={rows.slice(0, SHOWN_AT_ONCE)} />
    {rows.length <= SHOWN_AT_ONCE ? null : (
      <details>
        <summary className="border-t border-line py-1 text-muted">{rows.length - SHOWN_AT_ONCE} more</summary>
        <Rows rows={rows.slice(SHOWN_AT_ONCE)} />
      </details>
    )}
  </section>
);

/** The newest reading of every series, in groups. */
export const LatestValues = ({ device }: { readonly device: string }) => {
  const latest = useQuery(latestQuery(device));
  const groups = metricGroups
    .map((name) => ({ name, rows: rowsOf(latest.data ?? {}, name) }))
    .filter(({ rows }) => rows.length > 0);
  return (
    <Panel title="Current values">
      {latest.isPending ? <Waiting /> : null}
      {latest.isError ? <Failure error={latest.error} onRetry={() => void latest.refetch()} /> : null}
      {latest.isSuccess && groups.length === 0 ? <p className="p-3 text-muted">No reading has come yet.</p> : null}
      <div className="columns-[21rem] gap-10 p-3 pb-0">
        {groups.map((group) => (
          <Group key={group.name} {...group} />
        ))}
      </div>
    </Panel>
  );
};

import { type RefObject, useEffect, useLayoutEffect, useReducer, useRef, useState } from 'react';
import uPlot from 'uplot';

import { cursorText, scaleText } from './axes.ts';
import { coloursOf, onThemeChange } from './colours.ts';
import { type Plot, highestValue, newestValue, valueAt } from './plot-data.ts';
import { CHART_HEIGHT, type ChartInput, columnsOf, optionsOf } from './plot-options.ts';

/** What a chart cannot change once it is drawn; when this differs it is drawn anew. */
const shapeOf = ({ spec, plot, limits }: ChartInput): string =>
  JSON.stringify([spec.id, limits, plot.lines.map(({ key, hasBand }) => [key, hasBand])]);

const useThemeCount = (): number => {
  const [count, next] = useReducer((value: number) => value + 1, 0);
  useEffect(() => onThemeChange(() => next(undefined)), []);
  return count;
};

/** Draws into the host, and keeps it at the host's width. Gives the column under the cursor. */
const useDrawing = (host: RefObject<HTMLDivElement | null>, input: ChartInput): number | null => {
  const [cursor, setCursor] = useState<number | null>(null);
  const current = useRef(input);
  const drawn = useRef<uPlot>(undefined);
  current.current = input;
  const shape = shapeOf(input);
  const themeCount = useThemeCount();

  useLayoutEffect(() => {
    const place = host.current;
    if (place === null) return;
    const wiring = { input: () => current.current, onCursor: setCursor };
    const chart = new uPlot(
      optionsOf(coloursOf(place), place.clientWidth, wiring),
      columnsOf(current.current.plot),
      place,
    );
    drawn.current = chart;
    const sizes = new ResizeObserver(() => chart.setSize({ width: place.clientWidth, height: CHART_HEIGHT }));
    sizes.observe(place);
    return () => {
      sizes.disconnect();
      chart.destroy();
    };
  }, [host, shape, themeCount]);

  useEffect(() => drawn.current?.setData(columnsOf(input.plot)), [input.plot]);
  return cursor;
};

const SWATCHES = ['bg-series-1', 'bg-series-2', 'bg-series-3', 'bg-series-4', 'bg-series-5', 'bg-series-6'];

type LegendProps = { readonly input: ChartInput; readonly cursor: number | null };

const Legend = ({ input: { plot, spec, limits }, cursor }: LegendProps) => (
  <ul className="flex flex-wrap gap-x-4 gap-y-0.5 px-3 pb-2.5 text-xs">
    {plot.lines.map(({ key, label, mean }, line) => {
      const value = cursor === null ? newestValue(mean) : valueAt(mean, cursor);
      return (
        <li key={key} className="flex min-w-0 items-center gap-1.5">
          <span aria-hidden className={`h-0.5 w-3 shrink-0 rounded ${SWATCHES[line % SWATCHES.length] ?? ''}`} />
          <span className="foreign text-muted">{label}</span>
          <span className="font-medium whitespace-nowrap">{value === null ? '–' : scaleText(spec.scale, value)}</span>
        </li>
      );
    })}
    {limits.map(({ severity, value }) => (
      <li key={`${severity} ${value}`} className="flex items-center gap-1.5 text-muted">
        <span
          aria-hidden
          className={`w-3 border-t border-dashed ${severity === 'critical' ? 'border-critical' : 'border-warning'}`}
        />
        {severity} at {scaleText(spec.scale, value)}
      </li>
    ))}
    {plot.omitted > 0 ? <li className="text-muted">and {plot.omitted} with lower peaks</li> : null}
  </ul>
);

const summary = ({ spec, plot }: ChartInput): string => {
  const text = (value: number | null): string => (value === null ? 'unknown' : scaleText(spec.scale, value));
  const lines = plot.lines.map(
    ({ label, mean, max }) => `${label}: now ${text(newestValue(mean))}, at most ${text(highestValue(max))}`,
  );
  return `${spec.title}. ${lines.join('; ')}`;
};

const cursorTime = ({ timesMs }: Plot, cursor: number | null): string => {
  const atMs = cursor === null ? undefined : timesMs[cursor];
  return atMs === undefined ? '' : cursorText(atMs);
};

export const Chart = ({ input }: { readonly input: ChartInput }) => {
  const host = useRef<HTMLDivElement>(null);
  const cursor = useDrawing(host, input);
  return (
    <section
      className={`min-w-0 rounded-lg border border-line bg-surface ${input.spec.isWide === true ? 'lg:col-span-2' : ''}`}
    >
      <header className="flex items-baseline justify-between px-3 pt-2">
        <h2 className="font-semibold">{input.spec.title}</h2>
        <span className="text-xs text-muted">{cursorTime(input.plot, cursor)}</span>
      </header>
      <div ref={host} role="img" aria-label={summary(input)} className="h-42 overflow-hidden" />
      <Legend input={input} cursor={cursor} />
    </section>
  );
};

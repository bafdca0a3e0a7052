// How uPlot draws a chart: scales, axes, lines, bands, limits.
import type uPlot from 'uplot';

import { scaleText, stepsOf, tickTexts } from './axes.ts';
import type { Limit } from './limits.ts';
import type { Plot } from './plot-data.ts';
import type { ChartSpec } from './specs.ts';

export type Colours = {
  readonly series: readonly string[];
  readonly grid: string;
  readonly text: string;
  readonly severity: Readonly<Record<Limit['severity'], string>>;
};

export type ChartInput = {
  readonly spec: ChartSpec;
  readonly plot: Plot;
  readonly limits: readonly Limit[];
  readonly fromMs: number;
  readonly toMs: number;
};

export const CHART_HEIGHT = 168;
const BAND_ALPHA = 0.16;
const FONT = '11px system-ui, sans-serif';

/** Top of the scale: the highest value with a little air, but no less than the chart wants. */
const topOf = ({ topAtLeast, scale }: ChartSpec, dataMax: number | null): number => {
  const top = Math.max(topAtLeast, (dataMax ?? 0) * 1.08);
  return scale === 'ratio' ? Math.min(1, top) : top;
};

const axes = ({ scale }: ChartSpec, { grid, text }: Colours): uPlot.Axis[] => {
  const look = { stroke: text, font: FONT, grid: { stroke: grid, width: 1 }, ticks: { show: false } };
  return [
    {
      ...look,
      size: 26,
      values: (_plot, splits) => tickTexts(splits.map((at) => at * 1000)),
    },
    {
      ...look,
      size: 64,
      incrs: stepsOf(scale),
      space: 34,
      values: (_plot, splits) => splits.map((value) => scaleText(scale, value)),
    },
  ];
};

const drawLimit = (chart: uPlot, value: number, stroke: string): void => {
  const { ctx, bbox } = chart;
  const y = Math.round(chart.valToPos(value, 'y', true));
  if (y < bbox.top || y > bbox.top + bbox.height) return;
  ctx.save();
  ctx.strokeStyle = stroke;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([5 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
};

const bandOf = (at: number, stroke: string, firstBand: number): { edges: uPlot.Series[]; band: uPlot.Band } => {
  const edge: uPlot.Series = { stroke: 'transparent', width: 0, points: { show: false } };
  const fill = `color-mix(in srgb, ${stroke} ${BAND_ALPHA * 100}%, transparent)`;
  return { edges: [edge, edge], band: { series: [firstBand + at * 2, firstBand + at * 2 + 1], fill } };
};

const strokeOf = (colours: Colours, line: number): string =>
  colours.series[line % colours.series.length] ?? colours.text;

/** Columns in the order that `optionsOf` names them: times, the means, then most and least of each line with a band. */
export const columnsOf = ({ timesMs, lines }: Plot): uPlot.AlignedData => [
  timesMs.map((ms) => ms / 1000),
  ...lines.map(({ mean }) => mean),
  ...lines.filter(({ hasBand }) => hasBand).flatMap(({ max, min }) => [max, min]),
];

type Wiring = { readonly input: () => ChartInput; readonly onCursor: (at: number | null) => void };

export const optionsOf = (colours: Colours, width: number, { input, onCursor }: Wiring): uPlot.Options => {
  const { spec, plot } = input();
  const strokes = plot.lines.map((_, line) => strokeOf(colours, line));
  const bands = strokes
    .filter((_, line) => plot.lines[line]?.hasBand)
    .map((stroke, at) => bandOf(at, stroke, plot.lines.length + 1));
  return {
    width,
    height: CHART_HEIGHT,
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, sync: { key: 'device' }, y: false, points: { size: 7 } },
    scales: {
      x: { range: () => [input().fromMs / 1000, input().toMs / 1000] },
      y: { range: (_chart, _min, max) => [0, topOf(spec, max)] },
    },
    axes: axes(spec, colours),
    series: [
      {},
      ...strokes.map((stroke): uPlot.Series => ({ stroke, width: 1.5, points: { size: 4 } })),
      ...bands.flatMap(({ edges }) => edges),
    ],
    bands: bands.map(({ band }) => band),
    hooks: {
      draw: [
        (chart) => input().limits.forEach(({ value, severity }) => drawLimit(chart, value, colours.severity[severity])),
      ],
      setCursor: [({ cursor }) => onCursor(cursor.idx ?? null)],
    },
  };
};

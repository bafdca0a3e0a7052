import { expect, it } from 'vitest';

import { type FettleEvent, type MetricEvent, isMetricEvent } from './event.ts';

const place = { device: 'd_1', epoch: 'e', seq: 1 };
const block = new Uint8Array();

/** One of each: a type that is not here does not compile. */
const metricEvents: { readonly [T in MetricEvent['type']]: Extract<MetricEvent, { type: T }> } = {
  'series set': { type: 'series set', device: 'd_1', hash: 'h', series: [] },
  batch: { type: 'batch', ...place, t0Ms: 0, setHash: 'h', block },
  thinned: { type: 'thinned', ...place, from: 1, t0Ms: 0, endMs: 1, setHash: 'h', block },
  'metric gap': { type: 'metric gap', ...place, from: 1, count: 1, reason: 'full', atMs: 0 },
  'pass batch': { type: 'pass batch', ...place },
  'expire batches': { type: 'expire batches', beforeMs: 0 },
  'expire sets': { type: 'expire sets', beforeMs: 0, nowMs: 0 },
  'forget device': { type: 'forget device', device: 'd_1' },
};

it.each(Object.values(metricEvents))('$type is about readings: it goes to their database', (event) => {
  expect(isMetricEvent(event)).toBe(true);
});

it.each<FettleEvent>([
  { type: 'pass record', ...place },
  { type: 'seen', devices: [] },
  { type: 'due' },
  { type: 'use session', sessionHash: 'h' },
])('$type is not', (event) => {
  expect(isMetricEvent(event)).toBe(false);
});

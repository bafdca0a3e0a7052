// Is what a fan should cool hot?
import { isCpuChip } from './hwmon.parse.ts';
import type { Part } from './part.ts';
import type { Value } from './read.ts';

/** °C: beyond it no fan of a processor rests (the design's rule fan.stalled). */
const HOT = 70;

/** A card's fan cools the card and may well rest while the processor works; any other is there for the processor. */
export const isHot = (fan: Part, values: readonly Value[]): boolean => {
  const ofChip = hottest(values, ({ chipId }) => chipId === fan.chipId);
  const isOfCard = fan.location === 'gpu' || fan.location === 'other';
  return (isOfCard && ofChip !== undefined ? ofChip : (hottestCpu(values) ?? 0)) > HOT;
};

/** By the processor's own sensors; where there are none by the board's of it, else by the firmware's zone. */
const hottestCpu = (values: readonly Value[]): number | undefined =>
  hottest(values, ({ chip }) => isCpuChip(chip)) ??
  hottest(values, ({ location }) => location === 'cpu') ??
  hottest(values, ({ chip }) => chip === 'acpitz');

const hottest = (values: readonly Value[], is: (part: Part) => boolean): number | undefined => {
  let most: number | undefined;
  for (const { part, value } of values) {
    if (part.kind === 'temperature' && value !== undefined && is(part)) most = Math.max(most ?? value, value);
  }
  return most;
};

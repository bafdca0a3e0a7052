// What a look ahead changes: the forecasts that are kept, and the alert of what will be used up soon.
import type { Transition } from '@fettle/shared/alert/alert';
import { ruleHash } from '@fettle/shared/rule/hash';
import { type ForecastRule, inScope } from '@fettle/shared/rule/rule';

import type { Device } from '../domain/device.ts';
import type { Outcome, ServerEvent } from '../domain/event.ts';
import type { Outlook } from '../domain/forecast/forecast.ts';
import { type Trend, stepTrend } from '../domain/forecast/trend.ts';
import { trendRule } from '../domain/rule-book.ts';
import type { KeptForecast } from '../store/forecasts.ts';
import { applyTransition } from './alerts.ts';
import { DONE, type WriteContext } from './context.ts';

export const applyForecast = (event: ServerEvent & { type: 'forecast' }, context: WriteContext): Outcome => {
  const device = context.store.devices.get(event.device);
  if (!device) return DONE;
  const rule = ruleFor(device, context);
  const kept = new Map(context.store.forecasts.of(device.id).map((one) => [one.instance, one]));
  for (const outlook of event.outlooks) lookAt(device, rule, { outlook, before: kept.get(outlook.instance) }, context);
  return DONE;
};

type Look = { readonly outlook: Outlook; readonly before: KeptForecast | undefined };

/** Undefined: it is not judged here. */
const ruleFor = (device: Device, { bookFor }: WriteContext): ForecastRule | undefined => {
  const { os, class: deviceClass } = device;
  const rule = trendRule(bookFor(device));
  return rule && os !== 'unknown' && inScope(rule, { os, class: deviceClass }) ? rule : undefined;
};

const lookAt = (device: Device, rule: ForecastRule | undefined, look: Look, context: WriteContext): void => {
  const { outlook, before } = look;
  const step = rule ? stepTrend(before?.state, outlook.forecast?.leftMs, rule, context.nowMs) : notJudged(context);
  keep(device, look, step, context);
  // what nothing was known of has nothing to end
  if (step.change === undefined || (step.change === 'resolve' && !before)) return;
  const told = rule ?? trendRule(context.book);
  const { change, state } = step;
  if (told) say(device, told, { change, outlook, sinceMs: state.sinceMs }, context);
};

/** Switched off, or of another class: what stands ends at once. */
const notJudged = ({ nowMs }: WriteContext): Trend => ({ state: { is: 'far', sinceMs: nowMs }, change: 'resolve' });

const keep = (device: Device, { outlook, before }: Look, { state, change }: Trend, context: WriteContext): void => {
  const { forecasts } = context.store;
  const { instance, forecast = null } = outlook;
  if (forecast || (before && change !== 'resolve'))
    forecasts.put(device, { instance, atMs: context.nowMs, forecast, state });
  else if (before) forecasts.remove(device.id, instance);
};

type Said = { readonly change: 'fire' | 'resolve'; readonly outlook: Outlook; readonly sinceMs: number };

const say = (device: Device, rule: ForecastRule, { change, outlook, sinceMs }: Said, context: WriteContext): void => {
  const evidence = change === 'fire' ? [{ metric: rule.signal.metric, value: outlook.value }] : [];
  const told: Transition = {
    change,
    rule: rule.id,
    ruleHash: ruleHash(rule),
    instance: outlook.instance,
    severity: rule.levels[0]?.severity ?? 'warning',
    at: context.nowMs,
    since: sinceMs,
    reason: change === 'fire' ? 'threshold' : 'recovered',
    evidence,
  };
  applyTransition(device, told, context);
};

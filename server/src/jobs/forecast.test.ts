import { expect, it } from 'vitest';

import type { WriterEvent } from '../domain/event.ts';
import type { Outlook } from '../domain/forecast/forecast.ts';
import { ruleBookAt, trendRule } from '../domain/rule-book.ts';
import { NOW } from '../fixture.ts';
import { forecaster } from './forecast.ts';

const RULE = trendRule(ruleBookAt({ divisor: 1 }));
const FULL: readonly Outlook[] = [{ instance: '/', value: 1, forecast: { perDay: 1, leftMs: 1 } }];

const open = (outlooks: (device: string) => Promise<readonly Outlook[] | undefined>, trend = RULE) => {
  const asked: string[] = [];
  const written: WriterEvent[] = [];
  const members = Array.from({ length: 500 }, (_, index) => ({
    id: `d_${index}`,
    facts: { isConnected: index % 10 !== 0 },
  }));
  const look = forecaster({
    members: () => members,
    trend,
    outlooks: (device) => {
      asked.push(device);
      return outlooks(device);
    },
    commit: (event) => {
      written.push(event);
      return Promise.resolve({ is: 'done' });
    },
    nowMs: () => NOW,
  });
  return { look, asked, written, members };
};

it('asks of each connected device once in an hour, some each minute', async () => {
  const { look, asked, written, members } = open(() => Promise.resolve(FULL));
  const each: number[] = [];
  for (let minute = 0; minute < 60; minute += 1) {
    const before = asked.length;
    await look();
    each.push(asked.length - before);
  }
  const connected = members.filter(({ facts }) => facts.isConnected).map(({ id }) => id);
  expect(asked.toSorted()).toEqual(connected.toSorted());
  expect(Math.max(...each)).toBeLessThan(30);
  expect(written).toHaveLength(connected.length);
  await look();
  expect(asked).toHaveLength(connected.length + (each[0] ?? 0));
});

it('writes nothing where nothing fills or nothing is known, and goes on where a question fails', async () => {
  const answers = [() => Promise.resolve([]), () => Promise.resolve(undefined), () => Promise.reject(new Error('no'))];
  let turn = 0;
  const { look, asked, written } = open(() => {
    turn += 1;
    return answers[turn % 3]?.() ?? Promise.resolve(undefined);
  });
  for (let minute = 0; minute < 60; minute += 1) await look();
  expect([asked.length, written]).toEqual([450, []]);
});

it('does not begin again before it is through', async () => {
  const gate = Promise.withResolvers<readonly Outlook[]>();
  const { look, asked } = open(() => gate.promise);
  const first = look();
  expect(asked).toHaveLength(1);
  await look();
  expect(asked).toHaveLength(1);
  gate.resolve([]);
  await first;
  expect(asked.length).toBeGreaterThan(1);
});

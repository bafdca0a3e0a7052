// What the resident agent makes of the child's lines.
import { describe, expect, it } from 'vitest';

import { type CheckNews, type Host, HostError } from '../../host/host.ts';
import { hostAt } from '../fixture.ts';
import { HandClock } from '../hand-clock.ts';
import { Runner } from '../runner.ts';
import type { CheckLine } from './check-line.schema.ts';
import { checks } from './checks.ts';

const DECLARED: Host['declared']['check'] = [
  { name: 'switch 1', kind: 'icmp', host: '192.0.2.1' },
  { name: 'switch 1', kind: 'tcp', host: '192.0.2.1', port: 22, every: 300 },
  { name: 'site', kind: 'http', url: 'https://site.example/' },
];
const COST = { cpuMs: 3, children: 1, bytes: 9 };

const sample = (name: string, metric: string, value: number): CheckLine['samples'][number] => ({
  metric,
  attributes: { 'fettle.check.name': name },
  value,
});

const lineOf = (check: number, change: Partial<CheckLine> = {}): CheckLine => ({
  check,
  verdict: 'passed',
  samples: [sample(`c${check}`, 'fettle.check.latency', 0.01), sample(`c${check}`, 'fettle.check.state', 1)],
  facts: [{ label: 'Address', value: '192.0.2.1' }],
  cost: COST,
  ...change,
});

type Lines = readonly { readonly value: unknown; readonly ageMs?: number }[];

const machine = (lines: Lines, more: Partial<CheckNews> = {}, declared = DECLARED): Host => {
  const told = new Map(lines.map(({ value, ageMs = 0 }, index) => [index, { value, ageMs }]));
  const host = hostAt('');
  return {
    ...host,
    declared: { ...host.declared, check: declared },
    checks: () => ({ lines: told, cost: COST, ...more }),
  };
};

const read = (host: Host) => checks().collect(host, { monoMs: 0, signal: new AbortController().signal });

const all: Lines = [{ value: lineOf(0) }, { value: lineOf(1) }, { value: lineOf(2) }];

describe('targets', () => {
  it('are no business of an agent without any', async () => {
    expect(await checks().probe(machine([], {}, []))).toMatchObject({ ok: false, reason: { code: 'no_hardware' } });
    expect(await checks().probe(machine([]))).toEqual({ ok: true, source: '3 declared in the file of this agent' });
  });

  it('are told whole, with what rules judge before what is only charted', async () => {
    const { samples, partial, cost } = await read(machine(all));
    expect(samples.map(({ metric }) => metric.replace('fettle.check.', ''))).toEqual([
      'state',
      'state',
      'state',
      'latency',
      'latency',
      'latency',
    ]);
    expect(partial).toEqual([]);
    expect(cost).toEqual(COST);
  });

  it.each<[what: string, lines: Lines, reason: object]>([
    [
      'was not looked at yet',
      all.slice(0, 2),
      { code: 'timeout', detail: 'site/https://site.example/: not looked at yet' },
    ],
    ['is out of date', [...all.slice(0, 2), { value: lineOf(2), ageMs: 151_000 }], { code: 'timeout' }],
    ['cannot be understood', [...all.slice(0, 2), { value: { check: 2, verdict: 'fine' } }], { code: 'timeout' }],
    [
      'could not be tried',
      [
        ...all.slice(0, 2),
        { value: lineOf(2, { verdict: 'unknown', samples: [], reason: { code: 'permission', detail: 'mode 644' } }) },
      ],
      { code: 'permission', detail: 'site/https://site.example/: mode 644' },
    ],
  ])('what %s is a reason, and not gone', async (_what, lines, reason) => {
    const { samples, partial } = await read(machine(lines));
    expect(partial).toMatchObject([reason]);
    expect(samples).toHaveLength(4);
  });

  it('what is looked at seldom is out of date later', async () => {
    const lines: Lines = [all[0] ?? { value: 0 }, { value: lineOf(1), ageMs: 700_000 }, all[2] ?? { value: 0 }];
    expect((await read(machine(lines))).partial).toEqual([]);
  });

  it('are a failure when there is no child and nothing is known', async () => {
    const problem = new HostError('service_broken', 'the child ended with 1');
    expect(await read(machine([], { problem }))).toMatchObject({ failed: { code: 'service_broken' } });
    expect(await read(machine(all, { problem }))).not.toHaveProperty('failed');
  });

  it('have their facts and what became of the looks, each target its own', async () => {
    const failed = lineOf(1, { verdict: 'failed', reason: { code: 'service_broken', detail: 'refused' }, facts: [] });
    const { sections } = await read(machine([{ value: lineOf(0) }, { value: failed }]));
    expect(sections).toEqual([
      {
        id: 'target/switch 1',
        title: 'Checks',
        target: 'switch 1',
        facts: [
          { label: 'ping', value: 'passed' },
          { label: 'Address', value: '192.0.2.1' },
          { label: 'tcp 22', value: 'failed: refused' },
        ],
      },
      { id: 'target/site', title: 'Checks', target: 'site', facts: [] },
    ]);
  });

  it('come through the runner, which counts what the child has cost', async () => {
    const strange = lineOf(2, { samples: [sample('c2', 'fettle.check.latency', -1), sample('c2', 'no.such', 1)] });
    const host = machine([...all.slice(0, 2), { value: strange }]);
    const runner = new Runner({ collectors: [checks()], host, clock: new HandClock() });
    await runner.probeAll();
    const [outcome] = await runner.run(new Set(['minute']));
    expect(outcome?.measured).toHaveLength(4);
    expect(outcome?.partial).toMatchObject([{ code: 'parse_error' }]);
    expect(runner.report()).toMatchObject([{ id: 'checks', ok: true, ledger: { children: 1, bytes: 9 } }]);
  });
});

// The harness of the month itself: that skipping changes nothing, that the agent's evaluator says the same, that it finds what falls short.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { nodeFs } from '@fettle/agent/host/fs';
import type { Transition } from '@fettle/shared/alert/alert';
import { HOUR_MS } from '@fettle/shared/time';
import { describe, expect, it, onTestFinished } from 'vitest';

import { type AgentLife, transitionsOf } from './agent.ts';
import { type Fired, History, type TicketStory } from './history.ts';
import type { Label } from './label.ts';
import { START_MS, dayMs } from './life.ts';
import { type Plan, planOf } from './plan.ts';
import { playMonth } from './run.ts';
import { runsOf } from './runs.ts';
import { type Score, verdictOn } from './score.ts';
import { wholeAgent } from './whole-agent.ts';

const SIZE = { devices: 60, days: 5, seed: 7 };
const plan = planOf(SIZE);
/** Of a machine that has much else to do; each takes a second or two on an idle one. */
const LONG = { timeout: 120_000 };

const inOrder = (told: readonly Transition[]): readonly Transition[] =>
  told.toSorted((a, b) => a.at - b.at || a.rule.localeCompare(b.rule) || a.instance.localeCompare(b.instance));

const told = (life: AgentLife, isSkipping = true): readonly Transition[] =>
  inOrder(transitionsOf(life, runsOf(life.sessions), isSkipping));

describe('the plan', () => {
  it('is the same for the same seed, and another for another', () => {
    const shown = ({ labels, windows }: Plan) => JSON.stringify({ labels, windows });
    expect(shown(planOf(SIZE))).toBe(shown(plan));
    expect(shown(planOf({ ...SIZE, seed: 8 }))).not.toBe(shown(plan));
  });

  it('has as many devices as asked for, and troubles worth a ticket', () => {
    expect(plan.lives).toHaveLength(SIZE.devices);
    const families = new Set(
      plan.labels.filter(({ worth }) => worth.is === 'ticket').flatMap((label) => label.families),
    );
    for (const family of ['disk-space', 'service', 'disk-health', 'device.offline', 'protection.antivirus']) {
      expect(families).toContain(family);
    }
  });

  it('gives each trouble time to be told before the month ends, and ends none before it is due', () => {
    for (const { worth, fromMs, toMs } of plan.labels) {
      if (worth.is !== 'ticket') continue;
      expect(worth.byMs).toBeGreaterThan(fromMs);
      expect(worth.byMs).toBeLessThanOrEqual(Math.max(toMs, fromMs + HOUR_MS));
      expect(worth.byMs).toBeLessThan(dayMs(SIZE.days));
    }
  });
});

describe('what an agent tells', () => {
  it('is the same, to the last figure of its evidence, when every reading is fed and none is skipped', LONG, () => {
    const changed = plan.lives.flatMap((life) => {
      const every = told(life, false);
      expect(told(life)).toEqual(every);
      return every;
    });
    expect(new Set(changed.map(({ rule }) => rule)).size).toBeGreaterThan(10);
    expect(new Set(changed.map(({ change }) => change))).toEqual(new Set(['fire', 'raise', 'resolve']));
  });

  it("is what the agent's whole evaluator tells, its memory written and read at each boot", LONG, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fettle-month-test-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const lives = plan.lives.filter((life) => told(life).length > 0);
    expect(lives.length).toBeGreaterThan(10);
    for (const [order, life] of lives.entries()) {
      const whole = await wholeAgent(life, { fs: nodeFs, path: join(folder, `${order}.json`) });
      expect(told(life), life.machine.name).toEqual(inOrder(whole));
    }
  });
});

describe('a small month', () => {
  it('is played to the end by the real server, and every figure of it can be reckoned again', LONG, async () => {
    const history = await playMonth(plan, () => undefined);
    const { score, tickets, falseTickets, wanted, missed } = verdictOn(plan, history);
    expect(score.recall).toBe(Number(((wanted - missed.length) / wanted).toFixed(3)));
    expect(score.precision).toBe(Number(((tickets - falseTickets.length) / tickets).toFixed(3)));
    expect(wanted).toBeGreaterThan(15);
    expect(tickets).toBeGreaterThanOrEqual(wanted - missed.length - 5);
    expect(history.notices).toBeGreaterThan(0);
    expect(missed.map(({ kind }) => kind)).toEqual([]);
  });
});

describe('the score', () => {
  const label: Label = {
    kind: 'service stops',
    families: ['service'],
    site: 'site-001',
    machines: [0],
    fromMs: START_MS + HOUR_MS,
    toMs: START_MS + 5 * HOUR_MS,
    worth: { is: 'ticket', byMs: START_MS + 2 * HOUR_MS },
  };
  const ticketAt = (openedMs: number, change: Partial<TicketStory> = {}): TicketStory => ({
    id: `t_${openedMs}`,
    machine: 0,
    site: 'site-001',
    rule: 'service.failed',
    instance: 'web',
    openedMs,
    open: [{ fromMs: openedMs, toMs: Number.POSITIVE_INFINITY }],
    reopened: 0,
    ...change,
  });
  const scored = (labels: readonly Label[], tickets: readonly TicketStory[], fired: readonly Fired[] = []) => {
    const history = new History();
    for (const ticket of tickets) history.tickets.set(ticket.id, ticket);
    history.fired.push(...fired);
    return verdictOn({ ...plan, labels }, history);
  };
  const inTime = START_MS + 1.5 * HOUR_MS;

  it.each<readonly [string, readonly Label[], readonly TicketStory[], Pick<Score, 'recall' | 'precision'>]>([
    ['a trouble with its ticket', [label], [ticketAt(inTime)], { recall: 1, precision: 1 }],
    ['a trouble without one', [label], [], { recall: 0, precision: 1 }],
    ['a ticket that comes too late', [label], [ticketAt(START_MS + 3 * HOUR_MS)], { recall: 0, precision: 1 }],
    ['a ticket of another rule', [label], [ticketAt(inTime, { rule: 'disk.space' })], { recall: 0, precision: 0 }],
    ['a ticket of another device', [label], [ticketAt(inTime, { machine: 1 })], { recall: 0, precision: 0 }],
    [
      'a ticket before anything was wrong',
      [label],
      [ticketAt(START_MS, { open: [{ fromMs: START_MS, toMs: START_MS + 1 }] })],
      { recall: 0, precision: 0 },
    ],
    [
      'a second ticket of the same trouble',
      [label],
      [ticketAt(inTime), ticketAt(inTime + 1)],
      { recall: 1, precision: 0.5 },
    ],
    [
      'a ticket about nothing',
      [{ ...label, worth: { is: 'nothing' } }],
      [ticketAt(inTime)],
      { recall: 1, precision: 0 },
    ],
    [
      'one ticket where one may be',
      [{ ...label, worth: { is: 'one ticket at most' } }],
      [ticketAt(inTime)],
      { recall: 1, precision: 1 },
    ],
    [
      'its site as a whole',
      [{ ...label, families: ['site.outage'] }],
      [ticketAt(inTime, { machine: 5, rule: 'site.outage' })],
      { recall: 1, precision: 1 },
    ],
    [
      'another site as a whole',
      [{ ...label, families: ['site.outage'] }],
      [ticketAt(inTime, { site: 'site-002', rule: 'site.outage' })],
      { recall: 0, precision: 0 },
    ],
    [
      'the server itself while it was cut off',
      [{ ...label, families: ['server.selfcheck'], site: '', machines: [] }],
      [ticketAt(inTime, { rule: 'server.selfcheck' })],
      { recall: 1, precision: 1 },
    ],
    [
      'the server itself while all was well',
      [label],
      [ticketAt(inTime, { rule: 'server.selfcheck' })],
      { recall: 0, precision: 0 },
    ],
    [
      'alerts that no label knows',
      [label],
      [ticketAt(inTime, { rule: 'ticket.summary' })],
      { recall: 0, precision: 0 },
    ],
    ['none where one may be', [{ ...label, worth: { is: 'one ticket at most' } }], [], { recall: 1, precision: 1 }],
  ])('of %s', (_name, labels, tickets, expected) => {
    expect(scored(labels, tickets).score).toMatchObject(expected);
  });

  it('takes a ticket that gathers alerts for the ticket of each', () => {
    const history = new History();
    const fired: Fired = {
      atMs: inTime,
      machine: 0,
      site: 'site-001',
      rule: 'service.failed',
      instance: '',
      alert: 'a_1',
      isNew: true,
    };
    const gathering = ticketAt(inTime, { rule: 'ticket.summary', machine: 3 });
    history.fired.push(fired);
    history.tickets.set(gathering.id, gathering);
    history.ticketsOfAlert.set('a_1', new Set([gathering.id]));
    expect(verdictOn({ ...plan, labels: [label] }, history).score).toMatchObject({ recall: 1, precision: 1 });
  });

  it('counts an offline device as false, unless a label says that it was gone', () => {
    const fired: Fired = {
      atMs: inTime,
      machine: 0,
      site: 'site-001',
      rule: 'device.offline',
      instance: '',
      alert: 'a_1',
      isNew: true,
    };
    expect(scored([label], [], [fired]).falseOffline).toEqual([fired]);
    expect(scored([{ ...label, families: ['device.offline'] }], [], [fired]).falseOffline).toEqual([]);
  });
});

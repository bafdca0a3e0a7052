// Plays a month: what the agents do, in order of time, into the server; its jobs between.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { SYSTEM } from '@fettle/server/domain/actor';
import type { FeedEvent } from '@fettle/shared/api/feed.schema';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '@fettle/shared/time';

import { type AgentEvent, VERSION, agentEvents } from './agent.ts';
import { History } from './history.ts';
import { START_MS, dayMs } from './life.ts';
import { MonthServer } from './month-server.ts';
import type { Plan } from './plan.ts';
import { holds } from './span.ts';

/** The rounds of the jobs of the server (jobs.ts). */
const LOOK_MS = 5 * SECOND_MS;
const DUE_MS = 10 * SECOND_MS;
/** Signs of life are written each minute there; nothing reads them before the next start of the server. */
const SEEN_MS = 6 * HOUR_MS;

export const playMonth = async (plan: Plan, onDay: (day: number) => void): Promise<History> => {
  const folder = mkdtempSync(join(tmpdir(), 'fettle-month-'));
  const player = new Player(plan, folder);
  try {
    player.enrol();
    for (let day = 0; day < plan.days; day += 1) {
      await player.playDay(day);
      onDay(day);
    }
    return player.history;
  } finally {
    player.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

const inOrder = (plan: Plan): readonly AgentEvent[] =>
  plan.lives.flatMap((life) => agentEvents(life, true)).toSorted((a, b) => a.atMs - b.atMs);

class Player {
  readonly history: History;
  readonly #plan: Plan;
  readonly #folder: string;
  readonly #events: readonly AgentEvent[];
  readonly #ids: string[] = [];
  readonly #seqs = new Map<number, number>();
  #next = 0;
  #count = 0;
  #server: MonthServer | undefined;

  constructor(plan: Plan, folder: string) {
    this.#plan = plan;
    this.#folder = folder;
    this.#events = inOrder(plan);
    this.history = new History();
    this.#server = this.#start(START_MS);
  }

  /** All at once, before the month begins. */
  enrol(): void {
    const server = this.#server;
    if (!server) return;
    for (const { id: site, tenant, machines } of this.#plan.sites) {
      const prefix = tenant.toUpperCase().replace('LIENT-', '');
      server.tell({ type: 'create site', actor: SYSTEM, tenant, tenantName: tenant, prefix, site, siteName: site });
      const expiresMs = START_MS + DAY_MS;
      const maxUses = machines.length;
      server.tell({ type: 'create enrol token', actor: SYSTEM, hash: site, site, expiresMs, maxUses });
    }
    server.write(START_MS);
    const machines = this.#plan.lives.map(({ machine }) => machine);
    for (const { name, site, os, class: deviceClass } of machines) {
      const device = { publicKey: `key-${name}`, hostname: name, os, class: deviceClass, agentVersion: VERSION };
      server.tell({ type: 'enrol', tokenHash: site, ...device });
    }
    for (const [order, outcome] of server.write(START_MS).entries()) {
      if (outcome.is !== 'enrolled') throw new Error(`no device came of an enrolment: ${outcome.is}`);
      this.#ids[machines[order]?.index ?? -1] = outcome.deviceId;
      this.history.name(outcome.deviceId, machines[order]?.index ?? -1);
      server.admit(outcome.deviceId);
    }
    for (const [order, { tenant, site, fromMs, toMs, reason }] of this.#plan.windows.entries()) {
      const time = { kind: 'once', startMs: fromMs, endMs: toMs } as const;
      const scope = { kind: 'site', id: site } as const;
      server.tell({ type: 'open window', actor: SYSTEM, id: `w_${order}`, tenant, scope, time, reason });
    }
    server.write(START_MS);
  }

  async playDay(day: number): Promise<void> {
    for (let atMs = dayMs(day) + LOOK_MS; atMs <= dayMs(day + 1); atMs += LOOK_MS) {
      this.#mindServer(atMs);
      await this.#beat(atMs);
    }
    if (!this.#server) return;
    this.history.countNotices(this.#server.store, { fromMs: dayMs(day), toMs: dayMs(day + 1) });
    this.#server.expire(dayMs(day + 1));
  }

  close(): void {
    this.#server?.close();
    this.#server = undefined;
  }

  /** Stops and starts its process, as the plan has it. */
  #mindServer(atMs: number): void {
    const isDown = this.#plan.serverDown.some((span) => holds(span, atMs));
    if (isDown) {
      this.#server?.close();
      this.#server = undefined;
    } else this.#server ??= this.#start(atMs);
  }

  async #beat(atMs: number): Promise<void> {
    const server = this.#server;
    const events = this.#takeUntil(atMs);
    if (!server) return;
    for (const event of events) this.#hear(server, event);
    server.write(atMs);
    server.look(atMs);
    if (atMs % DUE_MS === 0) server.due(atMs);
    const isBeforeEnd = this.#plan.serverDown.some(({ fromMs }) => fromMs - atMs > 0 && fromMs - atMs <= MINUTE_MS);
    if (atMs % SEEN_MS === 0 || isBeforeEnd) await server.writeSeen(atMs);
  }

  #takeUntil(atMs: number): readonly AgentEvent[] {
    const first = this.#next;
    while ((this.#events[this.#next]?.atMs ?? Number.POSITIVE_INFINITY) < atMs) this.#next += 1;
    return this.#events.slice(first, this.#next);
  }

  #hear(server: MonthServer, event: AgentEvent): void {
    const { machine, atMs } = event;
    const device = this.#ids[machine.index] ?? '';
    switch (event.is) {
      case 'connected': {
        const { name: hostname, os, class: deviceClass } = machine;
        const told = {
          hostname,
          os,
          class: deviceClass,
          agentVersion: VERSION,
          bootId: event.bootId,
          clockOffsetMs: 0,
        };
        server.tell({ type: 'hello', device, ...told });
        return server.connected(device, deviceClass, atMs);
      }
      case 'goodbye':
        return server.goodbye(device, event.reason, atMs);
      case 'lost':
        return server.lost(device, event.lastMs);
      case 'record': {
        const seq = (this.#seqs.get(machine.index) ?? 0) + 1;
        this.#seqs.set(machine.index, seq);
        return server.tell({ type: 'record', device, epoch: 'month', seq, body: event.body });
      }
    }
  }

  #start(atMs: number): MonthServer {
    const newId = (letter: string): string => `${letter}_${String((this.#count += 1)).padStart(22, '0')}`;
    const onFeed = (event: FeedEvent): void => this.history.note(event);
    return new MonthServer({ folder: this.#folder, newId, onFeed }, atMs);
  }
}

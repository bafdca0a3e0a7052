// The month as it is being made up: who is in it, what stops and cuts whom, what is read of whom, and the labels that say so.
import { MINUTE_MS } from '@fettle/shared/time';

import type { Random } from '../sim/random.ts';
import type { Machine, Site } from './fleet.ts';
import { type Label, type MaintenanceWindow, NOTHING } from './label.ts';
import { type Session, type Stop, sessionsOf } from './life.ts';
import type { Course } from './readings.ts';
import { type Span, overlaps } from './span.ts';

/** A ticket may be so much later, for the way to the server. */
const LATE_MS = 10 * MINUTE_MS;

export class Draft {
  readonly sites: readonly Site[];
  readonly machines: readonly Machine[];
  readonly days: number;
  readonly random: Random;
  readonly labels: Label[] = [];
  readonly windows: MaintenanceWindow[] = [];
  /** Nobody reaches the server: it is down, or its own line is. */
  readonly blackouts: (Span & { readonly isServerDown: boolean })[] = [];
  /** Its agent goes for its new version and comes back, by machine. */
  readonly updates = new Map<number, Span>();
  readonly #stops = new Map<number, Stop[]>();
  readonly #siteCuts = new Map<string, Span[]>();
  readonly #courses = new Map<number, Course[]>();
  readonly #taken = new Set<number>();
  readonly #sessions = new Map<number, readonly Session[]>();

  constructor(sites: readonly Site[], days: number, random: Random) {
    this.sites = sites;
    this.machines = sites.flatMap(({ machines }) => machines);
    this.days = days;
    this.random = random;
  }

  /** @param perMonth in a fleet of 6,000 over 30 days; @returns at least one */
  count(perMonth: number): number {
    return Math.max(1, Math.round((perMonth * this.machines.length * this.days) / (6_000 * 30)));
  }

  stop({ index }: Machine, stop: Stop): void {
    this.#stops.set(index, [...this.stopsOf(index), stop]);
  }

  stopsOf(index: number): readonly Stop[] {
    return this.#stops.get(index) ?? [];
  }

  cutSite({ id }: Site, span: Span): void {
    this.#siteCuts.set(id, [...(this.#siteCuts.get(id) ?? []), span]);
  }

  cutsOf({ site }: Machine): readonly Span[] {
    return [...(this.#siteCuts.get(site) ?? []), ...this.blackouts];
  }

  /** Settles when each machine runs: no stops after this. */
  settle(): void {
    for (const machine of this.machines) {
      this.#sessions.set(
        machine.index,
        sessionsOf(this.random.fork(), machine, this.days, this.stopsOf(machine.index)),
      );
    }
  }

  sessionsOf({ index }: Machine): readonly Session[] {
    return this.#sessions.get(index) ?? [];
  }

  read({ index }: Machine, ...courses: readonly Course[]): void {
    this.#courses.set(index, [...this.coursesOf(index), ...courses]);
  }

  coursesOf(index: number): readonly Course[] {
    return this.#courses.get(index) ?? [];
  }

  label(label: Label): void {
    this.labels.push(label);
    for (const index of label.machines) this.#taken.add(index);
  }

  /** What goes on beside any other story. */
  remark(label: Omit<Label, 'worth'>): void {
    this.labels.push({ ...label, worth: NOTHING });
  }

  /** Something is told of it already: one story a machine keeps labels apart. */
  isTaken({ index }: Machine): boolean {
    return this.#taken.has(index);
  }

  /** So many of them, each once, that nothing is told of yet. */
  free(machines: readonly Machine[], count: number): readonly Machine[] {
    const left = machines.filter((machine) => !this.isTaken(machine));
    const chosen: Machine[] = [];
    while (chosen.length < count && left.length > 0) {
      chosen.push(...left.splice(this.random.whole(0, left.length - 1), 1));
    }
    return chosen;
  }

  /** When a ticket has to be there: later while its server cannot be reached. */
  dueMs(machine: Machine, span: Span): number {
    const cuts = this.cutsOf(machine).filter((cut) => overlaps(cut, span));
    return Math.max(span.toMs, ...cuts.map(({ toMs }) => toMs)) + LATE_MS;
  }
}

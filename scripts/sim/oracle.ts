// The laws, asked for when the faults are over and everybody has had time.

import { lanes } from '@fettle/agent/spool/spool';
import type { Alert } from '@fettle/server/domain/alert/alert';
import { wantsTicket } from '@fettle/server/domain/ticket/policy';
import { isOpenTicket } from '@fettle/server/domain/ticket/ticket';
import { MINUTE_MS, SECOND_MS } from '@fettle/shared/time';

import { LAST_DISK, alertText, alertsOf } from './condition.ts';
import { UNKEEPABLE } from './databases.ts';
import { type Effect, Violation } from './ledger.ts';
import type { Machine } from './machine.ts';
import { book } from './settings.ts';
import type { Site } from './site.ts';

export const judge = (site: Site): void => {
  for (const machine of knownMachines(site)) {
    everyLaneIsEmpty(site, machine);
    whatWasSafeIsThere(site, machine);
    rowsAndGapsAreAll(site, machine);
    nothingTwice(site, machine);
    alertsAgree(site, machine);
    ticketsAreAsDue(site, machine);
  }
  nobodyFailed(site);
  const { broken } = site.databases.fettle.audit.verify();
  demand(broken === undefined, () => `the audit trail is broken at ${broken?.seq}: ${broken?.how}`);
};

/** A server that was restored may have forgotten a copy that became a device after the backup: a person enrols that anew. */
const knownMachines = ({ machines, isRestored, databases: { fettle } }: Site): readonly Machine[] =>
  isRestored ? machines.filter(({ device }) => fettle.devices.get(device.id) !== undefined) : machines;

const demand = (holds: boolean, why: () => string): void => {
  if (!holds) throw new Violation(why());
};

const everyLaneIsEmpty = (site: Site, { device, process }: Machine): void => {
  const status = process?.status;
  demand(status?.link.state === 'open', () => `${device.hostname} is not connected: ${JSON.stringify(status?.link)}`);
  demand(
    site.server?.isConnected(device.id) === true,
    () => `the server does not know that ${device.hostname} is there`,
  );
  for (const lane of lanes) {
    const counts = status?.lanes[lane];
    demand(counts?.pending === 0, () => `${lane} of ${device.hostname} keep ${counts?.pending} records to themselves`);
    const mark = site.ledger.mark(device.id, lane);
    const isWhole = mark.epoch === counts?.epoch && mark.seq === counts.nextSeq - 1;
    demand(
      isWhole || counts?.nextSeq === 1,
      () => `${lane} of ${device.hostname}: the mark is ${mark.seq}, next is ${counts?.nextSeq}`,
    );
  }
};

/** What was on the agent's disk took effect, or is told as lost. */
const whatWasSafeIsThere = (site: Site, { device, isCloned }: Machine): void => {
  if (isCloned) return; // what one of two tells, the other's disk does not have
  if (site.isRestored && (site.keepsLittle || site.isCalendarWild)) return; // what was acknowledged and not kept, a restored server cannot get again
  const mine = site.ledger.durable.alerts.filter((effect) => effect.device === device.id);
  const there = new Set(mine.map(({ what }) => what));
  const told = sumOf(mine.filter(({ kind }) => kind === 'gap' || kind === 'poison'));
  const missing = site.ledger.safe.filter(({ device: id, what }) => id === device.id && !there.has(what));
  const dropped = mine.find(({ reason }) => reason === 'queue_full');
  demand(dropped === undefined, () => `${device.hostname}: ${dropped?.count} records of the alerts lane went for room`);
  demand(
    missing.length <= told,
    () => `${device.hostname}: lost ${missing[0]?.what}, ${missing.length} in all, told ${told}`,
  );
};

/** Within each numbering: what is there and what is told to be missing is all, up to the mark. */
const rowsAndGapsAreAll = (site: Site, { device }: Machine): void => {
  const mine = [...site.ledger.durable.alerts, ...site.ledger.durable.metrics].filter(
    (effect) => effect.device === device.id,
  );
  for (const run of runsOf(mine)) {
    const [sum, last] = [sumOf(run), run.at(-1)];
    demand(
      sum === last?.seq,
      () => `${last?.lane} ${last?.epoch} of ${device.hostname}: ${sum} rows and gaps, ${last?.seq} numbers`,
    );
  }
  const rows = storedBlocks(site, device.id);
  // what was issued again in a new numbering is made durable again, and stored once
  const expected = new Set(
    mine.filter(({ lane, kind }) => lane === 'metrics' && kind === 'row').map(({ what }) => what),
  );
  demand(rows === expected.size, () => `${device.hostname}: ${rows} batches are stored, ${expected.size} were durable`);
  const lost = sumOf(mine.filter(({ lane, kind }) => lane === 'alerts' && kind === 'gap'));
  const told = site.databases.fettle.devices.get(device.id)?.lostRecords;
  demand(lost === told, () => `${device.hostname}: ${told} records are told as lost, ${lost} were`);
};

/** Each numbering as it was gone through: one that was left can begin again, when a clone comes back with it. */
const runsOf = (effects: readonly Effect[]): readonly (readonly Effect[])[] => {
  const runs: Effect[][] = [];
  for (const effect of effects) {
    const run = runs.at(-1);
    const [last] = run ?? [];
    if (run && last?.lane === effect.lane && last.epoch === effect.epoch) run.push(effect);
    else runs.push([effect]);
  }
  return runs;
};

/** No alert fired more often than it was told to, however often each telling came. */
const nothingTwice = (site: Site, { device, isCloned }: Machine): void => {
  const mine = site.ledger.durable.alerts.filter((effect) => effect.device === device.id && effect.what !== '');
  const told = new Set(mine.filter(({ what }) => !what.includes('"resolve"')).map(({ what }) => what));
  const fired = firedIn(site).filter((alert) => alert.device === device.id && alert.reason === 'threshold');
  for (const [key, times] of Map.groupBy(fired, keyOf)) {
    // two of one machine may tell the same at the same time of their clocks, each of its own
    const due = (isCloned ? mine.map(({ what }) => what) : [...told]).filter((what) => what.startsWith(key)).length;
    demand(times.length <= due, () => `${device.hostname}: ${key} fired ${times.length} times, was told ${due} times`);
  }
};

/** The beginning of the name that the ledger gives to what is told of it. */
const keyOf = ({ rule, instance }: { readonly rule: string; readonly instance: string }): string =>
  JSON.stringify([rule, instance]).slice(0, -1);

const firedIn = ({ databases: { fettle } }: Site) =>
  fettle.events
    .page({ tenants: undefined, afterSeq: 0, limit: 1_000_000 })
    .flatMap((event) =>
      event.kind === 'alert' && (event.change === 'fired' || event.change === 'reopened') ? [event.alert] : [],
    );

const sumOf = (effects: readonly Effect[]): number => effects.reduce((sum, { count }) => sum + count, 0);

const storedBlocks = ({ databases: { metrics } }: Site, device: string): number => {
  const key = metrics.keyOf(device);
  return key === undefined ? 0 : [...metrics.blocks(key, 0, Number.MAX_SAFE_INTEGER)].length;
};

const same = (one: readonly string[], other: readonly string[]): boolean => one.join('; ') === other.join('; ');

const alertsAgree = (site: Site, machine: Machine): void => {
  const { device, condition, openAlerts } = machine;
  const ofServer = site.databases.fettle.alerts
    .openOf(device.id)
    .filter(({ flapping }) => !flapping?.isClear) // held open although it is over
    .map(({ rule, instance, severity }) => alertText(rule, instance, severity))
    .toSorted();
  demand(
    same(ofServer, openAlerts),
    () => `${device.hostname}: the server has [${ofServer.join()}], its agent [${openAlerts.join()}]`,
  );
  const truth = alertsOf(condition);
  demand(
    same(openAlerts, truth),
    () => `${device.hostname}: its agent has [${openAlerts.join()}], true is [${truth.join()}]`,
  );
};

const ticketsAreAsDue = (site: Site, { device }: Machine): void => {
  const { fettle } = site.databases;
  const tickets = ticketsOf(site, device.id);
  const open = tickets.filter(isOpenTicket);
  demand(
    new Set(open.map(({ key }) => key)).size === open.length,
    () => `${device.hostname}: two open tickets of one key`,
  );
  for (const alert of fettle.alerts.openOf(device.id)) {
    const isDue = isTicketDue(site, device.class, alert);
    const ticket = alert.ticket === null ? undefined : fettle.tickets.get(alert.ticket);
    demand(!isDue || (ticket !== undefined && isOpenTicket(ticket)), () => `${alert.key} has no open ticket`);
  }
  for (const { id, number } of tickets) {
    demand(fettle.alerts.ofTicket(id).length > 0, () => `ticket ${number} has no alert`);
  }
  const unkept = allAlerts(site, device.id).some(({ instance }) => instance === UNKEEPABLE);
  demand(!unkept, () => `${device.hostname}: a part of a record stands that could not be kept`);
};

const isTicketDue = ({ world, databases }: Site, deviceClass: Machine['device']['class'], alert: Alert): boolean => {
  if (alert.hush || databases.fettle.timers.dueOf('open ticket', alert.id) !== undefined) return false;
  const rule = book.byId.get(alert.rule);
  const wanted = rule && wantsTicket(rule.ticket, deviceClass, alert);
  if (wanted?.at !== 'later') return wanted?.at === 'now';
  return world.wallMs() - alert.updatedMs > wanted.afterMs + MINUTE_MS;
};

const EVERYTHING = { tenants: undefined, after: { createdMs: Number.MAX_SAFE_INTEGER, id: '' }, limit: 10_000 };

const ticketsOf = ({ databases: { fettle } }: Site, device: string) =>
  fettle.tickets.page({ ...EVERYTHING, states: [], device });

const allAlerts = ({ databases: { fettle } }: Site, device: string) =>
  fettle.alerts.page({
    ...EVERYTHING,
    after: { sinceMs: Number.MAX_SAFE_INTEGER, id: '' },
    states: [],
    device,
    severity: '',
    rule: '',
  });

const nobodyFailed = ({ failures }: Site): void =>
  demand(failures.length === 0, () => `an agent failed: ${failures[0]}`);

/** What is new after all this comes through at once. */
export const afterTheFaults = async (site: Site): Promise<void> => {
  for (const { condition } of site.machines) condition.missingDisks.add(LAST_DISK);
  const waiting = new Set(knownMachines(site));
  for (let left = 5 * MINUTE_MS; left > 0 && waiting.size > 0; left -= SECOND_MS) {
    await site.world.run(SECOND_MS);
    for (const machine of waiting) {
      if (!machine.openAlerts.some((alert) => alert.includes(LAST_DISK))) continue;
      waiting.delete(machine);
      site.world.after(5 * SECOND_MS - 1, () => hasTicket(site, machine));
    }
  }
  demand(waiting.size === 0, () => 'a fresh problem does not become an alert');
  await site.world.run(6 * SECOND_MS);
};

const hasTicket = (site: Site, { device }: Machine): void => {
  const fresh = site.databases.fettle.alerts.openOf(device.id).find(({ instance }) => instance === LAST_DISK);
  demand(
    fresh?.ticket !== null && fresh !== undefined,
    () => `${device.hostname}: no ticket within 5 s of a fresh alert`,
  );
};

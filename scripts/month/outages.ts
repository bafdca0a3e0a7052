// What takes machines away: patch nights, crashes, power and lines of sites, machines that never come back, and the server itself.
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '@fettle/shared/time';

import type { Draft } from './draft.ts';
import type { Machine, Site } from './fleet.ts';
import { AT_MOST_ONE, EVERYWHERE, NOTHING, SELF_CHECK, SITE_OUTAGE } from './label.ts';
import { afterUp, dayMs } from './life.ts';
import { kinds, steady } from './readings.ts';
import type { Span } from './span.ts';

const OFFLINE = ['device.offline'];
/** Nobody expects to hear of a silent server sooner. */
const SILENCE_MS = 10 * MINUTE_MS;

export const planOutages = (draft: Draft): void => {
  for (const site of draft.sites) planPatchNights(draft, site);
  planServer(draft);
  planCrashes(draft);
  planSiteOutages(draft);
  planGone(draft);
};

/** Thursdays of the second and fourth week (of a short month: the first), one hour after midnight. */
const planPatchNights = (draft: Draft, site: Site): void => {
  const nights = [10, 24].filter((day) => day < draft.days - 1);
  for (const day of nights.length > 0 ? nights : [Math.min(2, draft.days - 1)]) {
    const fromMs = dayMs(day) + HOUR_MS;
    const night = { fromMs, toMs: fromMs + 3 * HOUR_MS };
    if (site.hasWindow) draft.windows.push({ ...night, tenant: site.tenant, site: site.id, reason: 'patch night' });
    for (const machine of site.machines) if (machine.class === 'server') patch(draft, machine, night);
  }
};

/** Services stop for seconds, a few for minutes; then it restarts: Linux at once, Windows with its updates to finish. */
const patch = (draft: Draft, machine: Machine, { fromMs, toMs }: Span): void => {
  const { random } = draft;
  const beginMs = fromMs + random.whole(0, HOUR_MS);
  const stoppedMs = random.chance(0.05) ? random.whole(3 * MINUTE_MS, 8 * MINUTE_MS) : 40 * SECOND_MS;
  const service = { kind: 'service', instance: 'Print spooler' } as const;
  const isStopped = { fromMs: beginMs, toMs: beginMs + stoppedMs };
  draft.read(machine, steady(service, isStopped, { ...kinds.service.healthy, 'fettle.service.state': 0 }));
  const [least, most] = machine.os === 'windows' ? [4, 25] : [1, 4];
  const offMs = beginMs + 15 * MINUTE_MS;
  draft.stop(machine, {
    fromMs: offMs,
    toMs: offMs + random.whole(least * MINUTE_MS, most * MINUTE_MS),
    end: 'reboot',
  });
  const families = ['service', ...OFFLINE];
  draft.remark({ kind: 'patch night', families, site: machine.site, machines: [machine.index], fromMs: beginMs, toMs });
};

/** One day a new version of the agent comes to everybody; a few machines take minutes for it. Known only when runs are settled. */
export const planAgentUpdate = (draft: Draft): void => {
  const { random } = draft;
  const day = draft.days > 7 ? 5 : 2;
  for (const machine of draft.machines) {
    const fromMs = afterUp(draft.sessionsOf(machine), dayMs(day) + random.whole(0, DAY_MS), 0);
    if (fromMs === undefined) continue;
    const takesMs = random.chance(0.01) ? random.whole(6 * MINUTE_MS, 9 * MINUTE_MS) : random.whole(5, 60) * SECOND_MS;
    const span = { fromMs, toMs: fromMs + takesMs };
    draft.updates.set(machine.index, span);
    draft.remark({ kind: 'agent updated', families: OFFLINE, site: machine.site, machines: [machine.index], ...span });
  }
};

/** It is updated one evening, and one morning its own line is cut. */
const planServer = (draft: Draft): void => {
  const restartMs = dayMs(Math.min(15, draft.days - 2)) + 18 * HOUR_MS;
  blackOut(draft, { fromMs: restartMs, toMs: restartMs + 7 * MINUTE_MS, isServerDown: true });
  const cutMs = dayMs(Math.min(17, draft.days - 2)) + 9.5 * HOUR_MS;
  blackOut(draft, { fromMs: cutMs, toMs: cutMs + 25 * MINUTE_MS, isServerDown: false });
};

const blackOut = (draft: Draft, blackout: Draft['blackouts'][number]): void => {
  draft.blackouts.push(blackout);
  const kind = blackout.isServerDown ? 'server restarted' : 'server cut off';
  const { fromMs, toMs, isServerDown } = blackout;
  const itself = { kind, families: [SELF_CHECK], site: EVERYWHERE, machines: [], fromMs, toMs };
  if (!isServerDown) draft.label({ ...itself, worth: AT_MOST_ONE });
  for (const { id: site, machines } of draft.sites) {
    draft.remark({ kind, families: OFFLINE, site, machines: machines.map(({ index }) => index), fromMs, toMs });
  }
};

const planCrashes = (draft: Draft): void => {
  const { random } = draft;
  const kiosks = draft.machines.filter(
    (machine) => machine.class === 'kiosk' && draft.stopsOf(machine.index).length === 0,
  );
  const servers = draft.machines.filter((machine) => machine.class === 'server');
  for (const [victims, perMonth] of [
    [servers, 8],
    [kiosks, 4],
  ] as const) {
    for (const machine of draft.free(victims, draft.count(perMonth))) {
      const fromMs = randomTime(draft);
      const span = { fromMs, toMs: fromMs + random.whole(HOUR_MS, 6 * HOUR_MS) };
      goDark(draft, machine, { span, kind: `${machine.class} crashed` });
    }
  }
};

const planSiteOutages = (draft: Draft): void => {
  const large = draft.sites.filter(({ machines }) => machines.filter(isAlwaysOn).length >= 3);
  for (const how of ['power', 'line'] as const) {
    for (let left = draft.count(2); left > 0; left -= 1) {
      const site = draft.random.pick(large.length > 0 ? large : draft.sites);
      const fromMs = randomTime(draft);
      const span = { fromMs, toMs: fromMs + draft.random.whole(20 * MINUTE_MS, 4 * HOUR_MS) };
      darken(draft, site, { span, how });
    }
  }
};

const darken = (
  draft: Draft,
  site: Site,
  { span, how }: { readonly span: Span; readonly how: 'power' | 'line' },
): void => {
  if (how === 'line') draft.cutSite(site, span);
  else for (const machine of site.machines) draft.stop(machine, { ...span, end: 'silent' });
  const watched = site.machines.filter(isAlwaysOn);
  const byMs = span.fromMs + SILENCE_MS;
  draft.label({
    kind: `site without ${how}`,
    families: [...OFFLINE, SITE_OUTAGE],
    site: site.id,
    machines: watched.map(({ index }) => index),
    ...span,
    worth: watched.length > 0 ? { is: 'ticket', byMs } : NOTHING,
  });
};

/** Taken away for good, and nobody said so. Of a laptop nobody can tell; of a server it looks like any other end. */
const planGone = (draft: Draft): void => {
  const toMs = dayMs(draft.days);
  for (const machine of draft.free(draft.machines, draft.count(30))) {
    const fromMs = randomTime(draft);
    if (isAlwaysOn(machine)) goDark(draft, machine, { span: { fromMs, toMs }, kind: `${machine.class} taken away` });
    else {
      draft.stop(machine, { fromMs, toMs, end: 'silent' });
      const label = { kind: 'machine taken away', families: [], site: machine.site, machines: [machine.index] };
      draft.label({ ...label, fromMs, toMs, worth: NOTHING });
    }
  }
};

const goDark = (
  draft: Draft,
  machine: Machine,
  { span, kind }: { readonly span: Span; readonly kind: string },
): void => {
  draft.stop(machine, { ...span, end: 'silent' });
  const worth = { is: 'ticket', byMs: span.fromMs + SILENCE_MS } as const;
  draft.label({ kind, families: OFFLINE, site: machine.site, machines: [machine.index], ...span, worth });
};

/** In the first day everything is new. */
const randomTime = ({ random, days }: Draft): number => dayMs(1) + random.whole(0, (days - 2) * DAY_MS - 7 * HOUR_MS);

const isAlwaysOn = ({ class: deviceClass }: Machine): boolean => deviceClass === 'server' || deviceClass === 'kiosk';

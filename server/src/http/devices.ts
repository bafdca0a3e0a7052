import { absenceView } from '@fettle/shared/api/absence.schema';
import { listOf } from '@fettle/shared/api/common.schema';
import { deviceDetail, deviceView, instant } from '@fettle/shared/api/device.schema';
import type { CapabilityReport, Ledger, Reason } from '@fettle/shared/wire/record.schema';
import { z } from 'zod';

import type { Device } from '../domain/device.ts';
import { absenceViewOf, deviceView as bareView, instantOf } from '../domain/view.ts';
import type { KeptForecast } from '../store/forecasts.ts';
import type { Api } from './api.ts';
import { notFound } from './errors.ts';
import { actorOf } from './guard.ts';
import { FIRST, pageOf, pageQuery, textCursor } from './paging.ts';
import { type Routes, about, answers, byId, ofReader } from './routes.ts';

export const deviceRoutes = (app: Routes, api: Api): void => {
  app.get(
    '/api/v1/devices',
    {
      config: ofReader,
      schema: {
        ...about('devices', 'listDevices', 'Devices by name'),
        querystring: z.strictObject({
          ...pageQuery,
          since: instant.optional().describe('only those enrolled then or later'),
          q: z.string().max(200).default('').describe('part of the name, or an OS, class or presence'),
        }),
        response: answers(listOf(deviceView)),
      },
    },
    async (request) => {
      const { limit, cursor, q, since } = request.query;
      const [hostname, id] = textCursor(cursor) ?? FIRST;
      const after = { hostname, id };
      const actor = actorOf(request);
      const sinceMs = since === undefined ? 0 : Date.parse(since);
      const found = await api.ask('devices', actor, { match: q, sinceMs, after, limit: limit + 1 });
      const counts = await openCounts(api, request);
      const { items, next } = pageOf(found, limit, (device) => [device.hostname, device.id]);
      return { items: items.map((device) => fullView(api, device, counts)), next };
    },
  );

  app.get(
    '/api/v1/devices/:id',
    {
      config: ofReader,
      schema: {
        ...about('devices', 'getDevice', 'A device'),
        params: byId,
        response: answers(deviceDetail),
      },
    },
    async (request) => {
      const found = await api.ask('device details', actorOf(request), { id: request.params.id });
      if (!found) throw notFound('device');
      const { device, capabilities, inventory, forecasts } = found;
      const counts = await openCounts(api, request);
      return {
        ...fullView(api, device, counts),
        bootedAt: device.bootedMs === null ? null : instantOf(device.bootedMs),
        capabilities: capabilities.map(capabilityView),
        inventory: inventory && { at: instantOf(inventory.atMs), sections: [...inventory.sections] },
        fillingVolumes: forecasts.flatMap(volumeView),
        lost: { records: device.lostRecords },
      };
    },
  );
};

export const absenceRoutes = (app: Routes, api: Api): void => {
  app.get(
    '/api/v1/devices/:id/absences',
    {
      config: ofReader,
      schema: {
        ...about('devices', 'listAbsences', 'When a device was away and why, the newest first'),
        params: byId,
        response: answers(z.strictObject({ items: z.array(absenceView) })),
      },
    },
    async (request) => {
      const found = await api.ask('absences', actorOf(request), { id: request.params.id });
      if (!found) throw notFound('device');
      return { items: found.map(absenceViewOf) };
    },
  );
};

type Counts = ReadonlyMap<string, { readonly warning: number; readonly critical: number }>;

const openCounts = async (api: Api, request: Parameters<typeof actorOf>[0]): Promise<Counts> => {
  const counts = new Map<string, { warning: number; critical: number }>();
  for (const { device, severity, count } of await api.ask('open alerts', actorOf(request), {})) {
    const known = counts.get(device) ?? { warning: 0, critical: 0 };
    counts.set(device, severity === 'critical' ? { ...known, critical: count } : { ...known, warning: count });
  }
  return counts;
};

const fullView = (api: Api, device: Device, counts: Counts) => {
  const heardMs = api.lastSeenMs(device.id);
  return {
    ...bareView(heardMs === undefined ? device : { ...device, lastSeenMs: heardMs }),
    openAlerts: counts.get(device.id) ?? { warning: 0, critical: 0 },
    readings: api.readingsOf(device.id),
  };
};

const volumeView = ({ instance: mountpoint, atMs, forecast }: KeptForecast) =>
  forecast
    ? [{ mountpoint, fullAt: instantOf(Math.round(atMs + forecast.leftMs)), bytesPerDay: Math.round(forecast.perDay) }]
    : [];

const capabilityView = (known: CapabilityReport['collectors'][number]) => ({
  collector: known.id,
  available: known.ok,
  source: known.ok ? known.source : null,
  reason: known.ok ? null : reasonView(known.reason),
  cost: known.ledger ? costView(known.ledger) : null,
});

const costView = ({ lastAt, lastReason, partial = [], ...counts }: Ledger) => ({
  ...counts,
  partial: partial.map(reasonView),
  lastAt: instantOf(lastAt),
  lastReason: lastReason ? reasonView(lastReason) : null,
});

const reasonView = ({ code, detail, fix }: Reason) => ({ code, detail, fix: fix ?? null });

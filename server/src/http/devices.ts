import { listOf } from '@fettle/shared/api/common.schema';
import { deviceDetail, deviceView, latestView, seriesView } from '@fettle/shared/api/device.schema';
import { isMetricName } from '@fettle/shared/metric/catalog';
import type { CapabilityReport, Ledger, Reason } from '@fettle/shared/wire/record.schema';
import { z } from 'zod';

import type { Device } from '../domain/device.ts';
import { deviceView as bareView, instantOf } from '../domain/view.ts';
import type { Api } from './api.ts';
import { HttpProblem, notFound } from './errors.ts';
import { actorOf } from './guard.ts';
import { FIRST, pageOf, pageQuery, textCursor } from './paging.ts';
import { type Routes, about, answers } from './routes.ts';

const POINTS_MAX = 2_000;
const METRICS_MAX = 20;

const config = { policy: 'owner' as const };
const params = z.strictObject({ id: z.string().max(40) });

const seriesQuery = z.strictObject({
  metric: z.union([z.string().max(200), z.array(z.string().max(200)).max(METRICS_MAX)]).describe('may be repeated'),
  from: z.iso.datetime({ offset: true }),
  to: z.iso.datetime({ offset: true }),
  points: z.coerce.number().int().min(1).max(POINTS_MAX).default(300).describe('at most this many per series'),
});

export const deviceRoutes = (app: Routes, api: Api): void => {
  app.get(
    '/api/v1/devices',
    {
      config,
      schema: {
        ...about('devices', 'listDevices', 'Devices by name'),
        querystring: z.strictObject({
          ...pageQuery,
          q: z.string().max(200).default('').describe('part of the name, or an OS, class or presence'),
        }),
        response: answers(listOf(deviceView)),
      },
    },
    async (request) => {
      const { limit, cursor, q } = request.query;
      const [hostname, id] = textCursor(cursor) ?? FIRST;
      const after = { hostname, id };
      const actor = actorOf(request);
      const found = await api.ask('devices', actor, { match: q, after, limit: limit + 1 });
      const counts = await openCounts(api, request);
      const { items, next } = pageOf(found, limit, (device) => [device.hostname, device.id]);
      return { items: items.map((device) => fullView(api, device, counts)), next };
    },
  );

  app.get(
    '/api/v1/devices/:id',
    {
      config,
      schema: {
        ...about('devices', 'getDevice', 'A device'),
        params,
        response: answers(deviceDetail),
      },
    },
    async (request) => {
      const found = await api.ask('device details', actorOf(request), { id: request.params.id });
      if (!found) throw notFound('device');
      const { device, capabilities, inventory } = found;
      const counts = await openCounts(api, request);
      return {
        ...fullView(api, device, counts),
        bootedAt: device.bootedMs === null ? null : instantOf(device.bootedMs),
        capabilities: capabilities.map(capabilityView),
        inventory: inventory && { at: instantOf(inventory.atMs), sections: [...inventory.sections] },
        lost: { records: device.lostRecords },
      };
    },
  );

  readingRoutes(app, api);
};

const readingRoutes = (app: Routes, api: Api): void => {
  app.get(
    '/api/v1/devices/:id/latest',
    {
      config,
      schema: {
        ...about('devices', 'getLatest', 'The newest readings of a device, by metric'),
        params,
        response: answers(latestView),
      },
    },
    async (request) => {
      const device = await find(api, request, request.params.id);
      return api.latestOf(device.id);
    },
  );

  app.get(
    '/api/v1/devices/:id/series',
    {
      config,
      schema: {
        ...about('devices', 'getSeries', 'The history of some metrics of a device'),
        params,
        querystring: seriesQuery,
        response: answers(seriesView),
      },
    },
    async (request) => {
      const { metric, from, to, points } = request.query;
      const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
      const metrics = typeof metric === 'string' ? [metric] : metric;
      const unknown = metrics.find((name) => !isMetricName(name));
      if (unknown !== undefined) throw new HttpProblem(400, 'unknown_metric', `There is no metric "${unknown}".`);
      if (toMs <= fromMs) throw new HttpProblem(400, 'invalid_range', '"to" must be after "from".');
      const question = { device: request.params.id, metrics, fromMs, toMs, points };
      const series = await api.ask('series', actorOf(request), question);
      if (!series) throw notFound('device');
      return series;
    },
  );
};

type Request = Parameters<typeof actorOf>[0];

const find = async (api: Api, request: Request, id: string): Promise<Device> => {
  const device = await api.ask('device', actorOf(request), { id });
  if (!device) throw notFound('device');
  return device;
};

type Counts = ReadonlyMap<string, { readonly warning: number; readonly critical: number }>;

const openCounts = async (api: Api, request: Request): Promise<Counts> => {
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

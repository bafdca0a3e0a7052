import { latestView, seriesView } from '@fettle/shared/api/device.schema';
import { isMetricName } from '@fettle/shared/metric/catalog';
import { z } from 'zod';

import type { Api } from './api.ts';
import { HttpProblem, notFound } from './errors.ts';
import { actorOf } from './guard.ts';
import { type Routes, about, answers, byId, ofReader } from './routes.ts';

const POINTS_MAX = 2_000;
const METRICS_MAX = 20;

const seriesQuery = z.strictObject({
  metric: z.union([z.string().max(200), z.array(z.string().max(200)).max(METRICS_MAX)]).describe('may be repeated'),
  from: z.iso.datetime({ offset: true }),
  to: z.iso.datetime({ offset: true }),
  points: z.coerce.number().int().min(1).max(POINTS_MAX).default(300).describe('at most this many per series'),
});

export const readingRoutes = (app: Routes, api: Api): void => {
  app.get(
    '/api/v1/devices/:id/latest',
    {
      config: ofReader,
      schema: {
        ...about('devices', 'getLatest', 'The newest readings of a device, by metric'),
        params: byId,
        response: answers(latestView),
      },
    },
    async (request) => {
      const device = await api.ask('device', actorOf(request), { id: request.params.id });
      if (!device) throw notFound('device');
      return api.latestOf(device.id);
    },
  );

  app.get(
    '/api/v1/devices/:id/series',
    {
      config: ofReader,
      schema: {
        ...about('devices', 'getSeries', 'The history of some metrics of a device'),
        params: byId,
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

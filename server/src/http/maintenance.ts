// Maintenance windows, what people say of a device, and what can wait until it is looked at.
import { listOf } from '@fettle/shared/api/common.schema';
import { deviceView } from '@fettle/shared/api/device.schema';
import { postureItem, tagRequest, windowRequest, windowView } from '@fettle/shared/api/quiet.schema';
import { z } from 'zod';

import { type MaintenanceWindow, type WindowTime, spanAt } from '../domain/alert/maintenance.ts';
import { postureOf } from '../domain/alert/posture.ts';
import { deviceView as bareView, instantOf } from '../domain/view.ts';
import { idOf } from '../store/ids.ts';
import type { Api } from './api.ts';
import { commitOrThrow } from './commit.ts';
import { notFound } from './errors.ts';
import { actorOf } from './guard.ts';
import { type Routes, about, answers, byId, empty, ofChanger, ofReader } from './routes.ts';

export const maintenanceRoutes = (app: Routes, api: Api): void => {
  const view = (window: MaintenanceWindow) => viewOf(window, api.nowMs());

  app.get(
    '/api/v1/maintenance',
    {
      config: ofReader,
      schema: {
        ...about('maintenance', 'listMaintenance', 'Maintenance windows that are not over'),
        response: answers(listOf(windowView)),
      },
    },
    async (request) => {
      const windows = await api.ask('maintenance', actorOf(request), { nowMs: api.nowMs() });
      return { items: windows.map(view), next: null };
    },
  );

  app.post(
    '/api/v1/maintenance',
    {
      config: ofChanger,
      schema: {
        ...about('maintenance', 'openMaintenance', 'Tell nobody of what happens while somebody works there'),
        body: windowRequest,
        response: answers(windowView),
      },
    },
    async (request) => {
      const { time, ...body } = request.body;
      const actor = actorOf(request);
      const window = {
        ...body,
        id: idOf('w', actor.id, JSON.stringify(request.body), String(api.nowMs())),
        time: timeOf(time),
      };
      await commitOrThrow(api, { type: 'open window', actor, ...window });
      return view({ ...window, by: actor.name });
    },
  );

  app.delete(
    '/api/v1/maintenance/:id',
    {
      config: ofChanger,
      schema: {
        ...about('maintenance', 'closeMaintenance', 'End a maintenance window'),
        params: byId,
        response: empty,
      },
    },
    async (request, reply) => {
      await commitOrThrow(api, { type: 'close window', actor: actorOf(request), window: request.params.id });
      return reply.code(204).send(null);
    },
  );
};

/** What people know of a device, and what of all devices can wait. */
export const postureRoutes = (app: Routes, api: Api): void => {
  app.put(
    '/api/v1/devices/:id/tags',
    {
      config: ofChanger,
      schema: {
        ...about('devices', 'tagDevice', 'Say what a device is to people: critical, vip, shared, always-on'),
        params: byId,
        body: tagRequest,
        response: answers(deviceView.omit({ readings: true, openAlerts: true })),
      },
    },
    async (request) => {
      const { id } = request.params;
      const { tags } = request.body;
      const actor = actorOf(request);
      await commitOrThrow(api, { type: 'tag device', actor, device: id, tags });
      api.tagged(id, tags);
      const device = await api.ask('device', actor, { id });
      if (!device) throw notFound('device');
      return bareView(device);
    },
  );

  app.get(
    '/api/v1/posture',
    {
      config: ofReader,
      schema: {
        ...about('posture', 'getPosture', 'What should be looked at in its time, and is no emergency'),
        response: answers(z.strictObject({ items: z.array(postureItem) })),
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const nowMs = api.nowMs();
      const [alerts, devices, windows] = await Promise.all([
        api.ask('alerts that wait', actor, {}),
        api.ask('all devices', actor, {}),
        api.ask('maintenance', actor, { nowMs }),
      ]);
      return { items: postureOf({ alerts, devices, windows, nowMs, bookFor: api.bookFor }) };
    },
  );
};

const viewOf = ({ time, ...window }: MaintenanceWindow, nowMs: number) => ({
  ...window,
  time:
    time.kind === 'once'
      ? { kind: time.kind, start: instantOf(time.startMs), end: instantOf(time.endMs) }
      : { ...weekly(time), until: instantOf(time.untilMs) },
  active: spanAt({ time }, nowMs) !== undefined,
});

const weekly = ({ kind, zone, days, from, minutes }: WindowTime & { kind: 'weekly' }) => ({
  kind,
  zone,
  days: [...days],
  from,
  minutes,
});

const timeOf = (time: z.infer<typeof windowRequest>['time']): WindowTime => {
  if (time.kind === 'once') return { kind: 'once', startMs: Date.parse(time.start), endMs: Date.parse(time.end) };
  const { until, ...rest } = time;
  return { ...rest, untilMs: Date.parse(until) };
};

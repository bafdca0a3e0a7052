// The HTTP server, and the two kinds of WebSockets on it.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import { isLoopback } from './config/loopback.ts';
import { type Core, nowMs } from './core.ts';
import { FeedSockets } from './feed/socket.ts';
import { addressesOf } from './http/addresses.ts';
import type { Api } from './http/api.ts';
import { buildHttp } from './http/build.ts';
import { notFound } from './http/errors.ts';
import { checkHost } from './http/guard.ts';
import { portOf } from './http/port.ts';
import { afterOf, feedGuest, refuseUpgrade } from './http/upgrade.ts';
import { Enrolment } from './ingest/enroll.ts';
import { Notices } from './notices.ts';
import type { ServerOptions } from './server-options.ts';
import type { Stops } from './stops.ts';

export const startWeb = async (core: Core, options: ServerOptions, stops: Stops) => {
  const { doors, commit, fleet, hub, own, agents, serverId, latestOf, readingsOf, health } = core;
  const isTls = options.tls !== undefined;
  const isLocal = isLoopback(options.host);
  let addresses = addressesOf({ ...options, isTls, isLoopback: isLocal });
  const told = { ...options.notices, ...options, count: own.noticeTried };
  const notices = new Notices({ ...told, commit, nowMs, url: () => addresses.url });
  stops.add(() => notices.close());
  const api: Api = {
    ...doors,
    testChannel: (channel) => notices.test(channel),
    latestOf,
    readingsOf,
    version: options.version,
    isHurry: options.pace.divisor > 1,
    pace: options.pace,
    isSecure: isTls || options.isBehindProxy,
    hosts: () => addresses.hosts,
    origins: () => addresses.origins,
    lastSeenMs: (device) => fleet.get(device)?.facts.lastSeenMs,
    tagged: (device, tags) => {
      fleet.tagged(device, tags);
      void agents.tellRules(); // another set may reach it now
    },
    health,
  };
  const enrolment = new Enrolment({ serverId, commit, nowMs });
  const http = await buildHttp({ ...options, api, hub, registry: own.registry, enrolment });
  agents.start();
  const feeds = new FeedSockets(hub, () => ({ version: api.version, hurry: api.isHurry, lastSeq: hub.lastSeq }));

  const upgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    checkHost(request.headers, addresses.hosts);
    const path = request.url?.split('?')[0];
    if (path === '/agent') return agents.accept(request, socket, head);
    if (path !== '/api/v1/feed') throw notFound('socket');
    const guest = await feedGuest(request, api, (header) => http.parseCookie(header));
    return feeds.accept(request, socket, head, { ...guest, after: afterOf(request) });
  };
  http.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    upgrade(request, socket, head).catch((error: unknown) => refuseUpgrade(socket, error));
  });
  stops.add(async () => {
    feeds.close();
    await agents.close();
    await http.close();
  });
  await http.listen({ host: options.host, port: options.port });
  const port = portOf(http.server);
  addresses = addressesOf({ ...options, port, isTls, isLoopback: isLocal });
  notices.start();
  return { addresses, port };
};

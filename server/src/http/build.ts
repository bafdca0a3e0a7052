// The HTTP server: limits first, then the guard, then a plugin per resource.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';

import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import { MINUTE_MS } from '@fettle/shared/time';
import { type FastifyBaseLogger, type FastifyInstance, LogController, fastify } from 'fastify';
import {
  type ZodTypeProvider,
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
} from 'fastify-type-provider-zod';
import type { Registry } from 'prom-client';

import type { Hub } from '../feed/hub.ts';
import { alertActRoutes } from './alert-acts.ts';
import { alertRoutes } from './alerts.ts';
import type { Api } from './api.ts';
import { backTestRoutes } from './back-test.ts';
import { bulkRoutes } from './bulk.ts';
import { calendarRoutes } from './calendars.ts';
import { channelRoutes } from './channels.ts';
import { addConsole } from './console.ts';
import { absenceRoutes, deviceRoutes } from './devices.ts';
import { enrollTokenRoutes } from './enroll-tokens.ts';
import { type EnrolDoor, enrollRoutes } from './enroll.ts';
import { onError } from './errors.ts';
import { eventRoutes } from './events.ts';
import { externalRoutes } from './external.ts';
import { addGuard } from './guard.ts';
import { ingestRoutes } from './ingest.ts';
import { maintenanceRoutes, postureRoutes } from './maintenance.ts';
import { noticeSettingRoutes } from './notice-settings.ts';
import { noticeRoutes } from './notices.ts';
import { peopleRoutes } from './people.ts';
import { readingRoutes } from './readings.ts';
import { ruleChangeRoutes } from './rule-changes.ts';
import { ruleTextRoutes } from './rule-text.ts';
import { ruleRoutes } from './rules.ts';
import { sessionRoutes } from './session.ts';
import { slaRoutes } from './sla.ts';
import { systemRoutes } from './system.ts';
import { ticketRoutes } from './tickets.ts';

export type HttpParts = {
  readonly api: Api;
  readonly hub: Hub;
  readonly registry: Registry;
  readonly enrolment: EnrolDoor;
  readonly consoleFolder: string;
  readonly log: FastifyBaseLogger;
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined;
  /** A proxy in front ends TLS and tells who is asking. */
  readonly isBehindProxy: boolean;
};

const BODY_MAX_BYTES = 64 * 1024;
const HANDLER_MS = 30_000;
/** Node's own defaults wait for minutes, or for ever. */
const LIMITS = { requestTimeout: 15_000, headersTimeout: 10_000, keepAliveTimeout: 10_000 } as const;
const SILENT_MS = MINUTE_MS;

export const buildHttp = async (parts: HttpParts): Promise<FastifyInstance> => {
  const { api, hub, registry, enrolment, consoleFolder } = parts;
  const app = create(parts);
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.setErrorHandler(onError);
  await app.register(helmet, securityHeaders(api.isSecure));
  await app.register(rateLimit, { global: false });
  await app.register(swagger, { openapi: description(api.version), transform: jsonSchemaTransform });
  await addGuard(app, api);
  const routes = app.withTypeProvider<ZodTypeProvider>();
  deviceRoutes(routes, api);
  absenceRoutes(routes, api);
  readingRoutes(routes, api);
  alertRoutes(routes, api);
  alertActRoutes(routes, api);
  maintenanceRoutes(routes, api);
  postureRoutes(routes, api);
  ticketRoutes(routes, api);
  externalRoutes(routes, api);
  bulkRoutes(routes, api);
  calendarRoutes(routes, api);
  slaRoutes(routes, api);
  ruleRoutes(routes, api);
  channelRoutes(routes, api);
  noticeSettingRoutes(routes, api);
  noticeRoutes(routes, api);
  ingestRoutes(routes, api);
  ruleChangeRoutes(routes, api);
  ruleTextRoutes(routes, api);
  backTestRoutes(routes, api);
  eventRoutes(routes, api, hub);
  sessionRoutes(routes, api);
  peopleRoutes(routes, api);
  systemRoutes(routes, api, { hub, registry });
  enrollRoutes(routes, enrolment);
  enrollTokenRoutes(routes, api);
  app.get('/api/openapi.json', { config: { policy: 'public' }, schema: { hide: true } }, () => app.swagger());
  await addConsole(app, consoleFolder);
  return app;
};

const create = ({ tls, log, isBehindProxy }: HttpParts): FastifyInstance =>
  fastify({
    bodyLimit: BODY_MAX_BYTES,
    handlerTimeout: HANDLER_MS,
    loggerInstance: log,
    frameworkErrors: onError, // such as an address that is no text: found before there is a route
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: isBehindProxy ? 'loopback' : false,
    forceCloseConnections: true,
    serverFactory: (handler) => {
      const server = tls
        ? createSecureServer(
            { ...LIMITS, cert: readFileSync(tls.certFile), key: readFileSync(tls.keyFile), minVersion: 'TLSv1.2' },
            handler,
          )
        : createServer(LIMITS, handler);
      return server.setTimeout(SILENT_MS);
    },
  });

const securityHeaders = (isSecure: boolean) => ({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      connectSrc: ["'self'"],
      frameAncestors: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      requireTrustedTypesFor: ["'script'"],
    },
  },
  strictTransportSecurity: isSecure ? { maxAge: 31_536_000 } : false,
  referrerPolicy: { policy: 'no-referrer' as const },
});

const description = (version: string) => ({
  openapi: '3.1.0' as const,
  info: {
    title: 'Fettle',
    description: 'Devices, their readings, alerts and tickets.',
    version,
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '/' }],
  tags: [
    'devices',
    'alerts',
    'maintenance',
    'posture',
    'tickets',
    'sla',
    'rules',
    'notices',
    'events',
    'session',
    'server',
    'agents',
  ].map((name) => ({
    name,
    description: name,
  })),
  components: {
    securitySchemes: {
      bearer: { type: 'http' as const, scheme: 'bearer' },
      cookie: { type: 'apiKey' as const, in: 'cookie', name: 'fettle' },
    },
  },
  security: [{ bearer: [] }, { cookie: [] }],
});

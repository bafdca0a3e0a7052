// The API's description is correct by the rules of an OpenAPI linter, and says everything that the server answers.
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { expect, it } from 'vitest';
import { z } from 'zod';

import { startTestServer } from '../fixture.ts';

const description = z.looseObject({ openapi: z.string(), paths: z.record(z.string(), z.looseObject({})) });

it('passes the linter', async () => {
  const server = await startTestServer();
  const response = await fetch(`${server.url}/api/openapi.json`);
  expect(response.status).toBe(200);
  const source = await response.text();
  const problems = await lintFromString({ source, config: await createConfig({ extends: ['recommended'] }) });
  expect(problems.map(({ ruleId, message, severity }) => `${severity} ${ruleId}: ${message}`)).toEqual([]);
  expect(Object.keys(description.parse(JSON.parse(source)).paths).toSorted()).toMatchInlineSnapshot(`
    [
      "/api/v1/alerts",
      "/api/v1/alerts/{id}",
      "/api/v1/alerts/{id}/ack",
      "/api/v1/devices",
      "/api/v1/devices/{id}",
      "/api/v1/devices/{id}/latest",
      "/api/v1/devices/{id}/series",
      "/api/v1/enroll",
      "/api/v1/enroll/challenge",
      "/api/v1/events",
      "/api/v1/me",
      "/api/v1/rules",
      "/api/v1/server",
      "/api/v1/server/health",
      "/api/v1/session",
      "/api/v1/tickets",
      "/api/v1/tickets/{id}",
      "/api/v1/tickets/{id}/notes",
      "/api/v1/tickets/{id}/resolve",
      "/api/v1/tickets/{id}/take",
      "/healthz",
      "/metrics",
      "/readyz",
    ]
  `);
});

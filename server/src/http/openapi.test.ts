// The API's description is correct by the rules of an OpenAPI linter, and says everything that the server answers.
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { expect, it } from 'vitest';
import { z } from 'zod';

import { startTestServer } from '../fixture.ts';

const description = z.looseObject({ openapi: z.string(), paths: z.record(z.string(), z.looseObject({})) });

it('passes the linter', { timeout: 30_000 }, async () => {
  const server = await startTestServer();
  const response = await fetch(`${server.url}/api/openapi.json`);
  expect(response.status).toBe(200);
  const source = await response.text();
  const problems = await lintFromString({ source, config: await createConfig({ extends: ['recommended'] }) });
  expect(problems.map(({ ruleId, message, severity }) => `${severity} ${ruleId}: ${message}`)).toEqual([]);
  expect(Object.keys(description.parse(JSON.parse(source)).paths).toSorted()).toMatchInlineSnapshot(`
    [
      "/api/v1/alerts",
      "/api/v1/alerts/bulk",
      "/api/v1/alerts/{id}",
      "/api/v1/alerts/{id}/ack",
      "/api/v1/alerts/{id}/assign",
      "/api/v1/alerts/{id}/explain",
      "/api/v1/alerts/{id}/mute",
      "/api/v1/alerts/{id}/snooze",
      "/api/v1/alerts/{id}/unmute",
      "/api/v1/alerts/{id}/unsnooze",
      "/api/v1/calendars",
      "/api/v1/calendars/{id}",
      "/api/v1/calendars/{id}/holidays",
      "/api/v1/channels",
      "/api/v1/channels/{id}",
      "/api/v1/channels/{id}/test",
      "/api/v1/devices",
      "/api/v1/devices/{id}",
      "/api/v1/devices/{id}/absences",
      "/api/v1/devices/{id}/latest",
      "/api/v1/devices/{id}/series",
      "/api/v1/devices/{id}/tags",
      "/api/v1/enroll",
      "/api/v1/enroll-tokens",
      "/api/v1/enroll-tokens/{id}",
      "/api/v1/enroll/challenge",
      "/api/v1/events",
      "/api/v1/ingest-tokens",
      "/api/v1/ingest-tokens/{id}",
      "/api/v1/ingest/alertmanager",
      "/api/v1/maintenance",
      "/api/v1/maintenance/{id}",
      "/api/v1/me",
      "/api/v1/notice-routes",
      "/api/v1/notice-routes/{id}",
      "/api/v1/notices",
      "/api/v1/notices/{id}/resend",
      "/api/v1/people",
      "/api/v1/posture",
      "/api/v1/rotas",
      "/api/v1/rotas/{id}",
      "/api/v1/rules",
      "/api/v1/rules/backtest",
      "/api/v1/rules/export",
      "/api/v1/rules/import",
      "/api/v1/rules/overrides",
      "/api/v1/rules/{id}/effective",
      "/api/v1/rules/{id}/overrides/{level}/{place}",
      "/api/v1/rules/{id}/overrides/{level}/{place}/rollback",
      "/api/v1/rules/{id}/versions",
      "/api/v1/rules/{id}/watching",
      "/api/v1/server",
      "/api/v1/server/health",
      "/api/v1/session",
      "/api/v1/sites",
      "/api/v1/sla/{tenant}",
      "/api/v1/tickets",
      "/api/v1/tickets/bulk",
      "/api/v1/tickets/due",
      "/api/v1/tickets/{id}",
      "/api/v1/tickets/{id}/assign",
      "/api/v1/tickets/{id}/close",
      "/api/v1/tickets/{id}/comments",
      "/api/v1/tickets/{id}/continue",
      "/api/v1/tickets/{id}/external",
      "/api/v1/tickets/{id}/file",
      "/api/v1/tickets/{id}/leave",
      "/api/v1/tickets/{id}/link",
      "/api/v1/tickets/{id}/merge",
      "/api/v1/tickets/{id}/notes",
      "/api/v1/tickets/{id}/reopen",
      "/api/v1/tickets/{id}/resolve",
      "/api/v1/tickets/{id}/take",
      "/api/v1/tickets/{id}/time",
      "/api/v1/tickets/{id}/timeline",
      "/api/v1/tickets/{id}/unlink",
      "/api/v1/tickets/{id}/wait",
      "/healthz",
      "/metrics",
      "/readyz",
    ]
  `);
});

// What a returning agent says of the time before, through a real socket and the writer's thread to the API.
import { absenceView } from '@fettle/shared/api/absence.schema';
import { DAY_MS } from '@fettle/shared/time';
import { expect, it } from 'vitest';
import { z } from 'zod';

import { shareOwner, shareTestServer } from '../fixture.ts';
import { TestAgent, type TestDevice, enrolDevice } from './test-agent.ts';

const server = shareTestServer();
const owner = shareOwner(server);

const ask = async (device: string) => {
  const response = await fetch(`${server().url}/api/v1/devices/${device}/absences`, { headers: owner() });
  return { status: response.status, body: await response.json() };
};

const absencesOf = async ({ id }: TestDevice) =>
  z.object({ items: z.array(absenceView) }).parse((await ask(id)).body).items;

const leave = async (agent: TestAgent): Promise<void> => {
  agent.socket.close();
  await agent.ends();
};

it('is told by the API: a machine that crashed, and before that an agent that was stopped', async () => {
  const device = await enrolDevice(server());
  await leave(await TestAgent.connect(server().url, device));
  expect(await absencesOf(device)).toEqual([]);
  const run = { uptimeMs: DAY_MS, agentMs: 0, asleepMs: 0, lastEnd: 'stopped' } as const;
  await leave(await TestAgent.connect(server().url, device, { run }));
  const crashed = { uptimeMs: 4_000, agentMs: 0, asleepMs: 0, lastEnd: 'killed' } as const;
  await leave(await TestAgent.connect(server().url, device, { bootId: 'boot-2', run: crashed }));
  expect((await absencesOf(device)).map(({ kind }) => kind)).toEqual(['crashed', 'stopped']);
});

it('of a machine that is back before its dead connection was noticed is told all the same', async () => {
  const device = await enrolDevice(server());
  const former = await TestAgent.connect(server().url, device);
  former.socket.pause(); // it hears no ping
  const run = { uptimeMs: 4_000, agentMs: 0, asleepMs: 0, lastEnd: 'killed' } as const;
  await TestAgent.connect(server().url, device, { bootId: 'boot-2', run });
  expect((await absencesOf(device)).map(({ kind }) => kind)).toEqual(['crashed']);
  former.socket.terminate();
});

it('of a device that is not there is not found', async () => {
  expect((await ask('d_none')).status).toBe(404);
});

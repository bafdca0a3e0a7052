// What `npm start` promises: it runs, says so, stops in time, comes back as it was, and explains what it cannot do.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { afterAll, afterEach, describe, expect, it } from 'vitest';

import { until } from '../../scripts/until.ts';
import { root, temporaryFolder } from '../support/place.ts';
import { type Program, run } from '../support/program.ts';
import { type Started, start } from '../support/started.ts';

const SCRIPT = join(root, 'scripts', 'start.ts');

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** The local agent's process, by the lock that it holds. */
const agentPid = (dataDir: string): number =>
  Number(readFileSync(join(dataDir, 'agent', 'lock'), 'utf8').split(' ')[0]);

const ended = async (program: Program): Promise<string> => {
  await until('the end', () => program.exitCode() !== null, 15_000);
  return program.stderr();
};

describe('npm start', () => {
  const folder = temporaryFolder();
  const running: Started[] = [];
  const begin = async (...args: readonly string[]): Promise<Started> => {
    const one = await start(join(folder.path, 'data'), ...args);
    running.push(one);
    return one;
  };

  afterEach(async () => {
    await Promise.all(running.splice(0).map(({ program }) => program.kill('SIGTERM')));
  });
  afterAll(() => folder.remove());

  it('stops server and agent within five seconds of SIGTERM', async () => {
    const { program, dataDir } = await begin();
    const agent = agentPid(dataDir);
    const from = performance.now();
    await program.kill('SIGTERM');
    expect(performance.now() - from).toBeLessThan(5_000);
    expect(program.exitCode()).toBe(0);
    expect(isAlive(agent)).toBe(false);
  });

  it('is the same device after a kill, and leaves no agent behind', async () => {
    const first = await begin();
    const agent = agentPid(first.dataDir);
    await first.program.kill('SIGKILL');
    await until('the agent to notice', () => !isAlive(agent), 10_000);
    const second = await begin();
    expect(second.deviceId).toBe(first.deviceId);
    expect(await second.api.devices()).toHaveLength(1);
  });

  it('starts a killed agent again', async () => {
    const { dataDir, api } = await begin();
    const agent = agentPid(dataDir);
    process.kill(agent, 'SIGKILL');
    await until('another agent', () => isAlive(agentPid(dataDir)) && agentPid(dataDir) !== agent, 20_000);
    await until('its readings', async () => (await api.devices())[0]?.readings.memory !== null, 20_000);
  });

  it('has the readings of this machine within 15 s', async () => {
    const { api, deviceId } = await begin();
    const from = performance.now();
    await until('CPU', async () => (await api.latest(deviceId))['system.cpu.utilization'], 15_000);
    expect(performance.now() - from).toBeLessThan(15_000);
  });

  it('simulates a fleet with its first alert in under ten seconds, and removes it again', async () => {
    const { api, program } = await begin('--demo', '10');
    const from = performance.now();
    await until('an alert', async () => (await api.alerts()).some(({ tenant }) => tenant === 'demo'), 10_000);
    expect(performance.now() - from).toBeLessThan(10_000);
    await until('all devices', async () => (await api.devices()).length === 11);
    await program.kill('SIGTERM');
    const after = await begin('--demo', '0');
    expect(await after.api.devices()).toHaveLength(1);
    expect((await after.api.alerts()).filter(({ tenant }) => tenant === 'demo')).toEqual([]);
  });

  it('says which port is taken, and what to do', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    const address = await until('a port', () => other.address() ?? undefined);
    const port = typeof address === 'object' ? address.port : 0;
    const program = run(SCRIPT, ['--data', join(folder.path, 'other'), '--port', String(port)]);
    expect(await ended(program)).toBe(
      `Port ${port} is taken. Choose another with --port, or --port 0 for any that is free.\n`,
    );
    expect(program.exitCode()).toBe(2);
    other.close();
  });

  it('leaves the folder to the server that has it', async () => {
    const { dataDir } = await begin();
    const second = run(SCRIPT, ['--data', dataDir, '--port', '0']);
    expect(await ended(second)).toContain(`Another server uses the data folder ${dataDir}`);
    expect(second.exitCode()).toBe(1);
  });

  it.each([
    [['--port', 'x'], '--port x: expected a number from 0 to 65535.'],
    [['--demo', '-1'], "'--demo' argument is ambiguous"],
    [['--nonsense'], "Unknown option '--nonsense'"],
    [['--data', join(root, 'package.json', 'x')], 'cannot be used'],
  ])('explains %j', async (args, message) => {
    const program = run(SCRIPT, args);
    expect(await ended(program)).toContain(message);
    expect(program.exitCode()).toBeGreaterThan(0);
  });
});

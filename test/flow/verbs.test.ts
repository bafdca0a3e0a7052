// The agent's command line: what it prints, and the exit codes that scripts go by.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { agentFile, buildAgent } from '../../scripts/build/agent.ts';
import { temporaryFolder } from '../support/place.ts';
import { type Program, run } from '../support/program.ts';
import { type Started, start } from '../support/started.ts';
import { until } from '../support/until.ts';

describe('fettle-agent', () => {
  const folder = temporaryFolder();
  let fettle: Started;

  beforeAll(async () => {
    await buildAgent();
    fettle = await start(join(folder.path, 'data'));
  });

  afterAll(async () => {
    await fettle?.program.kill('SIGTERM');
    folder.remove();
  });

  const agent = async (...args: readonly string[]): Promise<Program> => {
    const program = run(agentFile, args);
    await until('its end', () => program.exitCode() !== null, 20_000);
    return program;
  };
  const fresh = (name: string) => join(folder.path, name);
  const ours = () => ['--data-dir', join(fettle.dataDir, 'agent')];
  const token = (text: string) => {
    const path = fresh('token');
    writeFileSync(path, text);
    return path;
  };

  it('version, as text and as JSON', async () => {
    expect((await agent('version')).stdout()).toMatch(/^fettle-agent \d+\.\d+\.\d+ \(Node 26\./);
    expect(JSON.parse((await agent('version', '--json')).stdout())).toMatchObject({ platform: process.platform });
  });

  it('status of the one that runs: connected', async () => {
    const program = await agent('status', '--json', ...ours());
    expect(JSON.parse(program.stdout())).toMatchObject({ running: true, connected: true, deviceId: fettle.deviceId });
    expect(program.exitCode()).toBe(0);
  });

  it('collect --once reads CPU and memory', async () => {
    const program = await agent('collect', '--once', '--json');
    const { readings } = JSON.parse(program.stdout()) as { readings: readonly { metric: string; value: number }[] };
    expect(readings.find(({ metric }) => metric === 'system.memory.utilization')?.value).toBeGreaterThan(0);
    expect(readings.find(({ metric }) => metric === 'system.cpu.utilization')).toBeDefined();
    expect(program.exitCode()).toBe(0);
  });

  it('rules: what is watched, and what is not because nothing reads it', async () => {
    const { stdout } = await agent('rules', ...ours());
    expect(stdout()).toContain('disk.space: Disk space is running out (watching)');
    expect(stdout()).toContain(
      'service.stopped: A service has stopped (not watching: nothing here reads fettle.service.state)',
    );
    expect(stdout()).toContain('device.offline: A device is offline (judged by the server)');
  });

  it('config show --origin: where each value comes from', async () => {
    const { stdout } = await agent('config', 'show', '--origin', '--server', 'https://fettle.example');
    expect(stdout()).toMatch(/server\.url\s+https:\/\/fettle\.example\s+flag --server/);
  });

  it.each([
    ['an unknown verb', ['dance'], 2, 'There is no verb "dance".'],
    ['an unknown flag', ['status', '--dance'], 2, "Unknown option '--dance'"],
    ['status before enrolment', ['status', '--data-dir', fresh('empty')], 3, 'This machine is not enrolled.'],
    ['run before enrolment', ['run', '--data-dir', fresh('empty')], 3, 'This machine is not enrolled.'],
    [
      'a server that is not there',
      ['enroll', '--data-dir', fresh('a'), '--server', 'http://127.0.0.1:9', '--token-file', token('ft_x')],
      4,
      'cannot be reached',
    ],
    [
      'a token as a word',
      ['enroll', '--data-dir', fresh('a'), '--server', 'http://127.0.0.1:9', '--token', 'ft_x'],
      2,
      'can be read by every user',
    ],
    ['no server', ['enroll', '--data-dir', fresh('a'), '--token-file', token('ft_x')], 2, 'No server is set.'],
    ['a server address that is none', ['enroll', '--server', 'fettle'], 1, 'flag --server: server.url:'],
    ['a file that is not there', ['status', '--config', fresh('none.toml')], 1, 'none.toml cannot be read'],
    ['a data folder in a file', ['run', '--data-dir', join(agentFile, 'x')], 1, 'data_dir: ENOTDIR'],
  ])('%s', async (_name, args, code, message) => {
    const program = await agent(...args);
    expect(program.stderr()).toContain(message);
    expect(program.exitCode()).toBe(code);
  });

  it('refuses a token that the server does not know, with its words', async () => {
    const file = token(`ft_${'A'.repeat(43)}`);
    const program = await agent('enroll', '--data-dir', fresh('b'), '--server', fettle.url, '--token-file', file);
    expect(program.stderr()).toContain('This enrolment token is not known here.');
    expect(program.exitCode()).toBe(1);
  });

  it('names file and key of a wrong setting', async () => {
    mkdirSync(fresh('etc'));
    const file = join(fresh('etc'), 'agent.toml');
    writeFileSync(file, '[server]\nurl = 3\n');
    const program = await agent('config', 'show', '--config', file);
    expect(program.stderr()).toContain(`file ${file}: server.url: must be string`);
    expect(program.exitCode()).toBe(1);
  });

  it('a second one on the same folder stands back', async () => {
    const program = await agent('run', ...ours(), '--server', fettle.url);
    expect(program.stderr()).toMatch(/Another agent \(process \d+\) uses/);
    expect(program.exitCode()).toBe(1);
  });
});

// The agent's command line: what it prints, and the exit codes that scripts go by.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { agentFile, buildAgent } from '../../scripts/build/agent.ts';
import { until } from '../../scripts/until.ts';
import { temporaryFolder } from '../support/place.ts';
import { type Program, run } from '../support/program.ts';
import { type Started, start } from '../support/started.ts';

type Diagnosis = {
  readonly findings: readonly { readonly level: string; readonly about: string; readonly text: string }[];
  readonly collectors: readonly { readonly id: string }[];
};

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
    await until('its end', () => program.exitCode() !== null, 90_000);
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
    expect(stdout()).toMatch(
      /^check\.failed: .* \(not watching: nothing here reads fettle\.check\.state, since checks is not available: /m,
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
    ['record to nowhere', ['record'], 2, 'usage: fettle-agent record --out FILE.tar.gz|FOLDER'],
    ['a bundle that is no archive', ['support-bundle', '--out', fresh('x.zip')], 2, 'does not end in .tar.gz'],
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

  it('doctor: what is well and what is not, of everything', async () => {
    const program = await agent('doctor', '--json', ...ours());
    const { findings, collectors } = JSON.parse(program.stdout()) as Diagnosis;
    const about = (name: string) => findings.filter((one) => one.about === name).map(({ level }) => level);
    for (const name of ['enrolment', 'agent', 'link', 'version', 'server connection', 'server answer', 'clock'])
      expect([name, about(name)]).toEqual([name, ['ok']]);
    expect(about('server TLS')).toEqual(['warn']); // on the loopback
    expect(findings.find((one) => one.about === 'reads cpu')?.text).toMatch(/now: .* by the agent: /);
    expect(collectors.map(({ id }) => id)).toEqual(expect.arrayContaining(['cpu', 'inventory', 'backups']));
    expect(program.exitCode()).toBe(findings.some(({ level }) => level === 'fail') ? 1 : 0);
  });

  it('doctor of a machine that is not enrolled needs a person', async () => {
    const program = await agent('doctor', '--data-dir', fresh('nobody'));
    expect(program.stdout()).toMatch(/^fail +enrolment +this machine is not enrolled → fettle-agent enroll/m);
    expect(program.stdout()).toMatch(/^fail +server +no server is set/m);
    expect(program.exitCode()).toBe(1);
  });

  it('support-bundle: all that helps, and neither key nor password', async () => {
    const etc = fresh('bundle.toml');
    const words =
      '[[backup]]\nname = "r"\nkind = "restic"\nrepository = "rest:http://me:geheim@127.0.0.1:9/"\npassword_file = "/none"\n';
    writeFileSync(etc, words);
    const out = fresh('bundle.tar.gz');
    const program = await agent('support-bundle', '--out', out, '--config', etc, ...ours());
    expect([program.stderr(), program.exitCode()]).toEqual(['', 0]);
    const unpacked = temporaryFolder();
    execFileSync('tar', ['-xzf', out, '-C', unpacked.path]);
    const names = readdirSync(unpacked.path);
    expect(names).toEqual(
      expect.arrayContaining([
        'config.json',
        'doctor.json',
        'doctor.txt',
        'rules.json',
        'status.json',
        'versions.json',
      ]),
    );
    const texts = names.map((name) => readFileSync(join(unpacked.path, name), 'utf8')).join('\n');
    unpacked.remove();
    const { privateKey } = JSON.parse(readFileSync(join(fettle.dataDir, 'agent', 'identity.json'), 'utf8')) as {
      privateKey: string;
    };
    for (const secret of ['geheim', fettle.token, ...privateKey.trim().split('\n')])
      expect(texts).not.toContain(secret);
    expect(texts).toContain(fettle.deviceId);
  });

  it('record: a folder with what the collectors read here', async () => {
    const out = fresh('recording');
    const program = await agent('record', '--out', out, '--json');
    expect(JSON.parse(program.stdout())).toMatchObject({ out });
    const manifest = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')) as {
      readings: readonly { collector: string }[];
    };
    expect(manifest.readings.map(({ collector }) => collector)).toEqual(expect.arrayContaining(['cpu', 'inventory']));
    expect(readFileSync(join(out, '0s', 'tree', 'proc', 'meminfo'), 'utf8')).toContain('MemTotal');
    const again = await agent('record', '--out', out);
    expect([again.exitCode(), again.stderr()]).toEqual([1, expect.stringContaining('is there already')]);
  });

  it('a second one on the same folder stands back', async () => {
    const program = await agent('run', ...ours(), '--server', fettle.url);
    expect(program.stderr()).toMatch(/Another agent \(process \d+\) uses/);
    expect(program.exitCode()).toBe(1);
  });
});

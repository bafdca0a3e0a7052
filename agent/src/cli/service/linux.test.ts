// The service on a machine whose files are real and whose systemctl writes down what it is asked.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeEach, describe, expect, it } from 'vitest';

import { missing, needs } from '../../../../test/support/needs.ts';
import { installProgram, writeTree } from '../../collect/fixture.ts';
import { CliError } from '../exit.ts';
import { serviceManagerAt } from './linux.ts';
import { PACKAGE_FOLDER } from './units.ts';

const folder = mkdtempSync(join(tmpdir(), 'fettle-service-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { skip, why } = missing(needs.linux, needs.root);
const SHOWN =
  'LoadState=loaded\nActiveState=active\nUnitFileState=enabled\nMainPID=42\nResult=success\nExecMainStatus=0\nNRestarts=0';
const UNITS = 'etc/systemd/system';
const INSTALLED = '/opt/agent';
let root = '';

const machine = ({ shown = SHOWN, systemctl = 'exit 0' } = {}) => {
  root = mkdtempSync(join(folder, 'root-'));
  mkdirSync(join(root, 'run/systemd/system'), { recursive: true });
  writeTree(root, { calls: '', 'usr/bin/shown': `${shown}\n` });
  const log = `echo "\${0##*/} $*" >>${root}/calls`;
  installProgram(root, 'usr/bin/systemctl', `${log}\n[ "$1" != show ] || exec cat ${root}/usr/bin/shown\n${systemctl}`);
  installProgram(root, 'usr/bin/systemd-sysusers', log);
};
const calls = () => readFileSync(join(root, 'calls'), 'utf8').trimEnd().split('\n');
const written = (name: string) => readFileSync(join(root, UNITS, name), 'utf8');
const managerOf = (at: string, uid = 0, configFile?: string) =>
  serviceManagerAt({ folder: at, ...(configFile !== undefined && { configFile }) }, root, uid);

/** An installation in a folder that nobody else can change. */
const installation = (): string => {
  const at = join(root, INSTALLED);
  writeTree(at, { 'agent.js': '', node: '', 'fettle-agent-host': '' });
  const packaged = join(import.meta.dirname, '../../../packaging/linux');
  for (const unit of ['fettle-agent.service', 'fettle-smart.service', 'fettle-smart.timer'])
    writeTree(at, { [`systemd/${unit}`]: readFileSync(join(packaged, unit), 'utf8') });
  return INSTALLED;
};

const problemOf = async (work: Promise<unknown>): Promise<readonly [number, string]> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof CliError)) throw new Error(`no problem but ${String(error)}`);
  return [error.exitCode, error.message];
};

describe.skipIf(skip)(`the service of systemd${why}`, () => {
  beforeEach(() => machine());

  it('of a package is enabled, with what the package brought', async () => {
    await managerOf(PACKAGE_FOLDER).install();
    expect(calls()).toEqual(['systemctl daemon-reload', 'systemctl enable fettle-agent.service fettle-smart.timer']);
    expect(existsSync(join(root, UNITS))).toBe(false);
  });

  it('gets the log of the kernel where there is one, and the configuration that it was installed with', async () => {
    writeTree(root, { 'dev/kmsg': '' });
    await managerOf(PACKAGE_FOLDER, 0, '/srv/50%/"a".toml').install();
    expect(written('fettle-agent.service.d/kernel-log.conf')).toBe('[Service]\nStandardInput=file:/dev/kmsg\n');
    expect(written('fettle-agent.service.d/config.conf')).toBe(
      '[Service]\nEnvironment="FETTLE_CONFIG=/srv/50%%/\\"a\\".toml"\n',
    );
  });

  it('of another folder is written for it, and its user made', async () => {
    const at = installation();
    await managerOf(at).install();
    expect(calls()[0]).toBe('systemd-sysusers --inline u fettle - "Fettle agent" /var/lib/fettle');
    expect(written('fettle-agent.service')).toContain(
      `ExecStart=${at}/fettle-agent-host /var/lib/fettle/last-crash.json ${at}/node`,
    );
    for (const unit of ['fettle-agent.service', 'fettle-smart.service'])
      expect(written(unit)).not.toContain(PACKAGE_FOLDER);
    await managerOf(at).uninstall();
    expect(calls()).toContain('systemctl disable --now fettle-agent.service fettle-smart.timer');
    expect(existsSync(join(root, UNITS, 'fettle-agent.service'))).toBe(false);
  });

  it.each([
    ['/home/me/agent', 'is hidden from services: move it to /opt'],
    ['/opt/my agent', 'characters that a unit file cannot have'],
    ['/opt/half', '/opt/half/fettle-agent-host is missing'],
    ['/opt/100%', 'characters that a unit file cannot have'],
  ])('is not installed from %s', async (at, why2) => {
    const [code, said] = await problemOf(managerOf(at).install());
    expect([code, said]).toEqual([1, expect.stringContaining(why2)]);
    expect(existsSync(join(root, UNITS))).toBe(false);
  });

  it('is started and stopped', async () => {
    await managerOf(PACKAGE_FOLDER).start();
    await managerOf(PACKAGE_FOLDER).stop();
    expect(calls().filter((call) => !call.includes('show'))).toEqual([
      'systemctl reset-failed fettle-agent.service',
      'systemctl start fettle-agent.service fettle-smart.timer',
      'systemctl stop fettle-agent.service fettle-smart.timer',
    ]);
  });

  it.each([
    ['running', SHOWN, { installed: true, enabled: true, state: 'running', pid: 42 }],
    [
      'crashed and waiting',
      'LoadState=loaded\nActiveState=activating\nUnitFileState=disabled\nMainPID=0\nResult=watchdog\nExecMainStatus=6\nNRestarts=3',
      {
        installed: true,
        enabled: false,
        state: 'starting',
        detail: 'fettle-agent.service ended with watchdog, code 6, 3 restarts',
      },
    ],
    [
      'not installed',
      'LoadState=not-found\nActiveState=inactive\nUnitFileState=\nMainPID=0',
      { installed: false, enabled: false, state: 'stopped' },
    ],
    ['in words of another kind', 'garbage', { installed: false, enabled: false, state: 'stopped' }],
  ])('%s: its status', async (_what, shown, status) => {
    machine({ shown });
    expect(await managerOf(PACKAGE_FOLDER, 1000).status()).toEqual({ manager: 'systemd', ...status });
  });

  it('says what to do: another user, no systemd, not installed, systemctl refuses', async () => {
    expect(await problemOf(managerOf(PACKAGE_FOLDER, 1000).install())).toEqual([
      1,
      'Only root may do this: put sudo before it.',
    ]);
    machine({ shown: 'LoadState=not-found' });
    expect((await problemOf(managerOf(PACKAGE_FOLDER).start()))[1]).toContain('fettle-agent service install');
    machine({ systemctl: 'echo "Job for it failed." >&2; exit 1' });
    expect((await problemOf(managerOf(PACKAGE_FOLDER).start()))[1]).toMatch(/Job for it failed\. More: journalctl/);
    rmSync(join(root, 'run'), { recursive: true });
    expect((await problemOf(managerOf(PACKAGE_FOLDER).start()))[1]).toContain('systemd does not run this system');
  });

  it('starts no systemctl that somebody put into PATH', async () => {
    const planted = join(root, 'planted');
    installProgram(planted, 'systemctl', `echo planted >>${root}/calls`);
    const before = process.env['PATH'];
    process.env['PATH'] = `${planted}:${before}`;
    await managerOf(PACKAGE_FOLDER).stop();
    process.env['PATH'] = before;
    expect(calls()).not.toContain('planted');
  });
});

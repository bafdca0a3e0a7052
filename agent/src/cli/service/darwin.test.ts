// The agent as a daemon of launchd, on a machine whose launchctl is played by a script: it keeps what is loaded in a file, and the words
// of its answers are made up after launchctl's (collect/mac/fixture.ts).
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { missing, needs } from '../../../../test/support/needs.ts';
import { installProgram, writeTree } from '../../collect/fixture.ts';
import { launchctlPrint } from '../../collect/mac/fixture.ts';
import { serviceManagerAt } from './darwin.ts';

const base = mkdtempSync(join(tmpdir(), 'fettle-launchd-'));
afterAll(() => rmSync(base, { recursive: true }));

const { skip, why } = missing(needs.linux);
const TEMPLATE = readFileSync(join(import.meta.dirname, '../../../packaging/macos/com.fettle.agent.plist'), 'utf8');
const PLIST = 'Library/LaunchDaemons/com.fettle.agent.plist';

const aMac = (name: string, { folder = 'opt/fettle', uid = 0 }: { folder?: string; uid?: number } = {}) => {
  const root = join(base, name);
  const at = (path: string) => join(root, path);
  writeTree(root, {
    [`${folder}/node`]: '',
    [`${folder}/agent.js`]: '',
    [`${folder}/launchd/com.fettle.agent.plist`]: TEMPLATE,
    running: launchctlPrint('com.fettle.agent', { pid: 417 }),
  });
  installProgram(
    root,
    'bin/launchctl',
    `cd '${root}'; echo "$*" >>told
[ -e said ] && [ "$1" != print ] && [ "$1" != print-disabled ] && { cat said >&2; exit 5; }
case $1 in
print) [ -e loaded ] && cat loaded || exit 113 ;;
print-disabled) printf 'disabled services = {\\n\\t"com.fettle.agent" => %s\\n}\\n' "$(cat disabled 2>/dev/null || echo enabled)" ;;
bootstrap) cp running loaded ;;
bootout) rm -f loaded ;;
esac`,
  );
  const told = () => (existsSync(at('told')) ? readFileSync(at('told'), 'utf8').trim().split('\n') : []);
  return { at, told, manager: serviceManagerAt({ folder: at(folder) }, root, uid) };
};

describe.skipIf(skip)(`the service of a Mac${why}`, () => {
  it('is installed, started, stopped and removed, each twice without harm', async () => {
    const { at, told, manager } = aMac('story');
    expect(await manager.status()).toEqual({ manager: 'launchd', installed: false, enabled: false, state: 'stopped' });
    for (const _ of [1, 2]) await manager.install();
    expect(await manager.status()).toMatchObject({ installed: true, enabled: true, state: 'stopped' });
    for (const _ of [1, 2]) await manager.start();
    expect(await manager.status()).toEqual({
      manager: 'launchd',
      installed: true,
      enabled: true,
      state: 'running',
      pid: 417,
    });
    for (const _ of [1, 2]) await manager.stop();
    expect(await manager.status()).toMatchObject({ installed: true, state: 'stopped' });
    await manager.start();
    for (const _ of [1, 2]) await manager.uninstall();
    expect(await manager.status()).toMatchObject({ installed: false, state: 'stopped' });
    expect(existsSync(at(PLIST))).toBe(false);
    const acts = told().filter((line) => !line.startsWith('print'));
    expect(acts).toEqual([
      'enable system/com.fettle.agent',
      'enable system/com.fettle.agent',
      'bootstrap system /Library/LaunchDaemons/com.fettle.agent.plist',
      'kickstart system/com.fettle.agent',
      'bootout system/com.fettle.agent',
      'bootstrap system /Library/LaunchDaemons/com.fettle.agent.plist',
      'bootout system/com.fettle.agent',
    ]);
  });

  it('in a folder of its own names that folder and its configuration, whatever they are called', async () => {
    const folder = "opt/R&D <fettle> $&'s";
    const { at } = aMac('folder', { folder });
    const configFile = '/Users/R&D/agent.toml';
    await serviceManagerAt({ folder: at(folder), configFile }, at(''), 0).install();
    const plist = readFileSync(at(PLIST), 'utf8');
    expect(plist).toContain(`<string>${at('opt')}/R&amp;D &lt;fettle&gt; $&amp;'s/agent.js</string>`);
    expect(plist).toContain(
      '<string>run</string>\n      <string>--config</string>\n      <string>/Users/R&amp;D/agent.toml</string>',
    );
  });

  it.each([
    [
      'crashed',
      { state: 'not running', exitCode: '1', runs: 7 },
      { state: 'failed', detail: 'the last run ended with code 1, 7 starts' },
    ],
    ['ended well', { state: 'not running', exitCode: '0' }, { state: 'stopped' }],
    ['waits to be started again', { state: 'spawn scheduled', exitCode: '1' }, { state: 'starting' }],
  ])('that %s is told so', async (name, job, status) => {
    const { at, manager } = aMac(name);
    writeFileSync(at('loaded'), launchctlPrint('com.fettle.agent', job));
    expect(await manager.status()).toMatchObject(status);
  });

  it.each(['disabled', 'true'])('that is switched off by an administrator (%s) is not enabled', async (word) => {
    const { at, manager } = aMac(`off-${word}`);
    await manager.install();
    writeFileSync(at('disabled'), word);
    expect(await manager.status()).toMatchObject({ installed: true, enabled: false });
  });

  it('is for root alone', async () => {
    const { manager, told } = aMac('user', { uid: 501 });
    for (const action of ['install', 'uninstall', 'start', 'stop'] as const)
      await expect(manager[action]()).rejects.toThrow('Only root may do this: put sudo before it.');
    expect(told()).toEqual([]);
  });

  it('cannot be started before it is installed, nor installed from half a folder', async () => {
    const { at, manager } = aMac('half');
    await expect(manager.start()).rejects.toThrow('Run: fettle-agent service install');
    rmSync(at('opt/fettle/node'));
    await expect(manager.install()).rejects.toThrow(`${at('opt/fettle/node')} is missing`);
    expect(existsSync(at(PLIST))).toBe(false);
  });

  it('says what launchctl said, and what is no answer', async () => {
    const { at, manager } = aMac('refused');
    await manager.install();
    writeFileSync(at('said'), 'Bootstrap failed: 5: Input/output error\n');
    await expect(manager.start()).rejects.toThrow('launchctl ended with 5: Bootstrap failed: 5: Input/output error');
    writeFileSync(at('loaded'), 'Unerwarteter Fehler\n');
    await expect(manager.status()).rejects.toThrow('was not understood: Unerwarteter Fehler');
  });
});

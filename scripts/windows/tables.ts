// What the installer's tables say, by msiinfo: what Windows Installer will do, whatever Wine makes of it.
import { mkdirSync, statSync } from 'node:fs';

import { sha256Of } from '../package/sha256.ts';
import { windowsTarget } from '../package/targets.ts';
import { type Tool, runTool } from '../package/tools.ts';
import type { Record } from './record.ts';
import type { Installer } from './stand-in.ts';

const MSIINFO: Tool = { program: 'msiinfo', debian: 'msitools' };
const EXTRACT: Tool = { program: 'msiextract', debian: 'msitools' };
const OSSLSIGNCODE: Tool = { program: 'osslsigncode', debian: 'osslsigncode' };
export const tableTools: readonly Tool[] = [MSIINFO, EXTRACT, OSSLSIGNCODE];
const MAX_BYTES = 45_000_000;

const table = async ({ file }: Installer, name: string): Promise<readonly (readonly string[])[]> => {
  const text = await runTool(MSIINFO, ['export', file, name]);
  return text
    .replaceAll('\r', '')
    .split('\n')
    .slice(3)
    .filter(Boolean)
    .map((line) => line.split('\t'));
};

const property = async (installer: Installer, name: string): Promise<string> =>
  (await table(installer, 'Property')).find(([key]) => key === name)?.[1] ?? 'none';

const ASKED = ['SERVERURL', 'ENROLLTOKEN', 'TAGS', 'PROXY', 'CACERT', 'GOLDENIMAGE'];

export const seeTables = async (record: Record, older: Installer, newer: Installer): Promise<void> => {
  record.step(`the tables of the installer of ${older.version}`);
  record.see('one UpgradeCode', await property(older, 'UpgradeCode'), await property(newer, 'UpgradeCode'));
  const codes = new Set([await property(older, 'ProductCode'), await property(newer, 'ProductCode')]);
  record.see('a ProductCode for each version', codes.size, 2);
  record.see('for the machine, not for a user', await property(older, 'ALLUSERS'), '1');
  record.see('the token is hidden', await property(older, 'MsiHiddenProperties'), 'ENROLLTOKEN');
  const secure = (await property(older, 'SecureCustomProperties')).split(';');
  for (const name of ASKED) record.see(`${name} reaches the part that installs`, secure.includes(name), true);
  await seeService(record, older);
  await seeRegistry(record, older);
  await seeOrder(record, older);
  const summary = await runTool(MSIINFO, ['suminfo', older.file]);
  record.see('64 bit', /Template: (.*)/.exec(summary)?.[1], 'x64;1033');
};

const seeService = async (record: Record, installer: Installer): Promise<void> => {
  const [row = []] = await table(installer, 'ServiceInstall');
  const [, name, , type, start, errors, , , account, , words] = row;
  record.see('a service', name, 'FettleAgent');
  record.see('of its own process, started with the machine', [type, start, errors].join(), '16,2,1');
  record.see('of the system, and told that it is one', [account, words].join(), 'LocalSystem,--service');
  const [control = []] = await table(installer, 'ServiceControl');
  record.see('started, stopped and deleted with the package', control[2], '163');
};

const seeRegistry = async (record: Record, installer: Installer): Promise<void> => {
  const rows = await table(installer, 'Registry');
  const at = (name: string) =>
    rows
      .find((row) => row[3] === name)
      ?.slice(2, 5)
      .join(' = ') ?? 'none';
  const key = String.raw`Software\Fettle\Agent`;
  record.see('its version, for whoever looks', at('Version'), `${key} = Version = ${installer.version}`);
  record.see('its folder', at('InstallDir'), `${key} = InstallDir = [INSTALLDIR]`);
  record.see('what it is told is data', at('ServerUrl'), `${key} = ServerUrl = [SERVERURL]`);
  record.see('the token lies apart', at('Token'), String.raw`${key}\Enrolment = Token = [ENROLLTOKEN]`);
  const [[, lock, , descriptor] = []] = await table(installer, 'MsiLockPermissionsEx');
  record.see('where the system and administrators alone may read', `${lock} ${descriptor}`, LOCK);
  const searches = (await table(installer, 'RegLocator')).map(([, , , name = '']) => name).toSorted();
  record.see('remembered', searches.join(), 'CaCert,GoldenImage,Proxy,ServerUrl,Tags');
  const actions = await table(installer, 'CustomAction');
  record.see(
    'nothing runs a command line',
    actions.every((row) => (Number(row[1]) & 63) === 51),
    true,
  );
};

const LOCK = 'ValueToken D:P(A;OICI;KA;;;SY)(A;OICI;KA;;;BA)';

const seeOrder = async (record: Record, installer: Installer): Promise<void> => {
  const order = (await table(installer, 'InstallExecuteSequence')).toSorted((a, b) => Number(a[2]) - Number(b[2]));
  const names = order.map(([name]) => name);
  const place = (name: string) => names.indexOf(name);
  record.see(
    'the old version goes within the transaction',
    place('InstallInitialize') < place('RemoveExistingProducts'),
    true,
  );
  record.see('and before the new one comes', place('RemoveExistingProducts') < place('InstallFiles'), true);
  const remembers = names.filter((name) => name?.startsWith('Remember'));
  const isBetween = remembers.every(
    (name = '') => place('AppSearch') < place(name) && place(name) < place('LaunchConditions'),
  );
  record.see('what was said is remembered before it is judged', `${remembers.length} ${isBetween}`, '5 true');
};

/** The installer with the Node that is shipped. */
export const seeShipped = async (record: Record, installer: Installer, folder: string): Promise<void> => {
  record.step('the installer as it is shipped');
  const { size } = statSync(installer.file);
  record.see(`at most ${MAX_BYTES / 1e6} MB: ${(size / 1e6).toFixed(1)} MB`, size <= MAX_BYTES, true);
  mkdirSync(folder, { recursive: true });
  await runTool(EXTRACT, ['-C', folder, installer.file]);
  const node = `${folder}/Fettle Agent/node.exe`;
  record.see('Node is the one that was pinned', await sha256Of(node), windowsTarget.nodeSha256);
  const said = await saidOf(node);
  const digest = (kind: string) => new RegExp(`${kind} message digest *: ([0-9A-F]+)`).exec(said)?.[1] ?? `no ${kind}`;
  record.see('the digest that its makers signed is that of the file', digest('Calculated'), digest('Current'));
  record.seeLike('signed by', /Subject: .*\/(O=OpenJS[^/]*)/.exec(said)?.[1] ?? 'nobody', /OpenJS Foundation/);
};

/** It fails where the roots of Microsoft are not among those of this machine; what it read stands in the message. */
const saidOf = async (file: string): Promise<string> =>
  runTool(OSSLSIGNCODE, ['verify', '-in', file]).catch((error: unknown) => String(error));

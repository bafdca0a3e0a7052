// A life of the agent on Windows, from its silent installation to its end.
import { appendFileSync, existsSync, readdirSync, rmSync } from 'node:fs';

import { until } from '../until.ts';
import {
  ENROLMENT,
  INSTALL_FAILED,
  KEY,
  PROGRAM,
  type Pc,
  SOON_MS,
  STATE,
  connected,
  deviceOf,
  entriesOf,
  install,
  logOf,
  removeValue,
  residents,
  serviceStart,
  serviceState,
  serviceStop,
  setValue,
  uninstall,
  valueOf,
} from './pc.ts';

/** Read by any shell they would do harm. */
const HARMFUL = "floor 2,a&calc|%PATH%^>$(id)`;'";
const TAGS = 'floor:2,lab';
const POLICY = String.raw`HKLM\Software\Policies\Fettle\Agent`;
const SERVICE_KEY = String.raw`HKLM\SYSTEM\CurrentControlSet\Services\FettleAgent`;
const INSTALLED_MS = 15_000;

export const playStory = async (pc: Pc): Promise<void> => {
  await refused(pc);
  await harmless(pc);
  const device = await installed(pc);
  await asked(pc);
  await killed(pc, device);
  await stopped(pc, device);
  await upgraded(pc, device);
  await removed(pc, device);
  await golden(pc);
};

const refused = async (pc: Pc): Promise<void> => {
  pc.record.step('installed with an address that is none');
  pc.record.see(
    'exit code, as Linux shows 1603',
    await install(pc, pc.older, 'SERVERURL=fettle.example'),
    INSTALL_FAILED,
  );
  pc.record.see('nothing is there', `${existsSync(pc.wine.path(PROGRAM))} ${await serviceState(pc)}`, 'false none');
};

const harmless = async (pc: Pc): Promise<void> => {
  const { record, server, wine } = pc;
  record.step('installed with tags that a shell would run');
  const words = [`SERVERURL=${server.url}`, `ENROLLTOKEN=${await server.token()}`, `TAGS=${HARMFUL}`];
  record.see('exit code', await install(pc, pc.older, ...words), 0);
  record.see('they are kept as they were given', await valueOf(pc, KEY, 'Tags'), HARMFUL);
  const refusal = () => /environment FETTLE_TAGS: tags: entry 1/.exec(logOf(pc))?.[0];
  record.seeLike(
    'the agent refuses them, and says so',
    await until('a word of it', refusal, SOON_MS).catch(() => 'none'),
    /FETTLE_TAGS/,
  );
  record.see('removed again', await uninstall(pc, pc.older), 0);
  rmSync(wine.path(STATE), { recursive: true });
};

const installed = async (pc: Pc): Promise<string> => {
  const { record, server } = pc;
  record.step(`installed silently: ${pc.older.version}`);
  const token = await server.token();
  const words = [`SERVERURL=${server.url}`, `ENROLLTOKEN=${token}`, `TAGS=${TAGS}`];
  record.see('exit code', await install(pc, pc.older, ...words), 0);
  const { device, ms } = await connected(pc);
  record.seeLike('a device of the server', device, /^d_/);
  record.see(`within ${INSTALLED_MS / 1000} s: ${ms} ms`, ms < INSTALLED_MS, true);
  record.see('the service', await serviceState(pc), 'RUNNING');
  record.see('its path is quoted', await valueOf(pc, SERVICE_KEY, 'ImagePath'), `"${PROGRAM}" --service`);
  record.see('version in the registry', await valueOf(pc, KEY, 'Version'), pc.older.version);
  record.see('the server', await valueOf(pc, KEY, 'ServerUrl'), server.url);
  record.see('tags are as they were given', await valueOf(pc, KEY, 'Tags'), TAGS);
  record.see('entries in the list of programs', await entriesOf(pc), pc.older.version);
  record.see('the token in the registry', await valueOf(pc, ENROLMENT, 'Token'), undefined);
  record.see('the token in a file', existsSync(pc.wine.path(String.raw`${STATE}\enrol-token`)), false);
  return device;
};

/** By people, at the command line. */
const asked = async (pc: Pc): Promise<void> => {
  const { record, wine, server } = pc;
  record.step('asked by people');
  const version = await wine.run([PROGRAM, 'version'], { NODE_OPTIONS: '--no-such-flag' });
  record.seeLike(
    'version, whatever NODE_OPTIONS says',
    `${version.code} ${version.output}`,
    /^0 fettle-agent 1\.0\.0 /,
  );
  record.see('a verb that there is not', (await wine.run([PROGRAM, 'nonsense'])).code, 2);
  const shown = async () => (await wine.run([PROGRAM, 'config', 'show', '--origin'])).output;
  const serverLine = async () => /^server\.url +(.+?) {2,}/m.exec(await shown())?.[1] ?? 'none';
  record.see('the settings are those of the service', await serverLine(), server.url);
  await setValue(pc, POLICY, { name: 'ServerUrl', text: 'https://policy.example' });
  record.see('a policy counts for more', await serverLine(), 'https://policy.example');
  await removeValue(pc, POLICY, 'ServerUrl');
  await setValue(pc, POLICY, { name: 'ServerUrl', text: '7', type: 'REG_DWORD' });
  record.see('a number is no address, and is passed over', await serverLine(), server.url);
  await removeValue(pc, POLICY, 'ServerUrl');
  const status = await wine.run([PROGRAM, 'service', 'status']);
  record.seeLike(
    'service status',
    `${status.code} ${status.output.split('\n').slice(0, 2).join(' ')}`,
    /^0 service +installed \(Windows\) state +running$/,
  );
  record.see('service start, though it runs', (await wine.run([PROGRAM, 'service', 'start'])).code, 0);
};

const killed = async (pc: Pc, device: string): Promise<void> => {
  const { record, wine } = pc;
  record.step('the agent is killed, then its host');
  const [first = 0] = residents(pc);
  process.kill(first, 'SIGKILL');
  const again = await until('another agent', () => residents(pc).find((pid) => pid !== first), SOON_MS).catch(() => 0);
  record.see('another one runs', again > 0, true);
  record.see('as the same device', (await connected(pc)).device, device);
  const [host = 0] = wine.processes('--service');
  process.kill(host, 'SIGKILL');
  const gone = await until('the agent to end', () => residents(pc).length === 0, SOON_MS).catch(() => false);
  record.see('without its host no agent stays', gone, true);
  await wine.reboot();
  record.see('after a reboot it runs by itself', (await connected(pc)).device, device);
};

const stopped = async (pc: Pc, device: string): Promise<void> => {
  const { record, server, wine } = pc;
  record.step('stopped and started');
  await serviceStop(pc);
  record.seeLike('it ended in peace', logOf(pc).trim().split('\n').at(-1) ?? '', /"msg":"stopped"/);
  record.see('the server sees it go', server.isConnected(device), false);
  record.see('nothing is left of it', residents(pc).length, 0);
  record.see('service status ends with', (await wine.run([PROGRAM, 'service', 'status'])).code, 1);
  appendFileSync(wine.path(String.raw`${STATE}\agent.log`), `${'x'.repeat(1 << 20)}\n`);
  await serviceStart(pc);
  record.see('it comes back', (await connected(pc)).device, device);
  const older = wine.path(String.raw`${STATE}\agent.1.log`);
  const isAside = () => existsSync(older) && logOf(pc).length < 1e6;
  record.see('a log that was full is put aside', await until('another log', isAside, SOON_MS).catch(() => false), true);
};

const upgraded = async (pc: Pc, device: string): Promise<void> => {
  const { record, server, wine } = pc;
  record.step(`upgraded without a word: ${pc.newer.version}`);
  record.see('exit code', await install(pc, pc.newer), 0);
  record.see('the same device', (await connected(pc)).device, device);
  record.see('entries in the list of programs', await entriesOf(pc), pc.newer.version);
  record.see('the server is remembered', await valueOf(pc, KEY, 'ServerUrl'), server.url);
  record.see('tags are remembered', await valueOf(pc, KEY, 'Tags'), TAGS);
  record.seeLike('what runs is the new one', (await wine.run([PROGRAM, 'version'])).output, /fettle-agent 1\.1\.0 /);
  record.see('agents that run', residents(pc).length, 1);
  record.step(`the older one again: ${pc.older.version}`);
  record.see('exit code, as Linux shows 1603', await install(pc, pc.older), INSTALL_FAILED);
  record.see('the newer one stays', await valueOf(pc, KEY, 'Version'), pc.newer.version);
  record.see('and runs', `${await serviceState(pc)} ${residents(pc).length}`, 'RUNNING 1');
};

const removed = async (pc: Pc, device: string): Promise<void> => {
  const { record, wine } = pc;
  record.step('removed');
  record.see('exit code', await uninstall(pc, pc.newer), 0);
  record.see('the service', await serviceState(pc), 'none');
  record.see('processes', residents(pc).length, 0);
  // Wine does not wait for a service that stops, as Windows does
  const left = filesIn(wine.path(String.raw`C:\Program Files\Fettle Agent`));
  record.seeLike(
    'its files, but those in use',
    left || 'none',
    /^(none|fettle-agent\.exe|node\.exe|fettle-agent\.exe,node\.exe)$/,
  );
  record.see('its version in the registry', await valueOf(pc, KEY, 'Version'), undefined);
  record.see('entries in the list of programs', (await entriesOf(pc)).length, 0);
  record.see('which device it was, for the next time', deviceOf(pc), device);
};

const filesIn = (folder: string): string => (existsSync(folder) ? readdirSync(folder, { recursive: true }).join() : '');

const golden = async (pc: Pc): Promise<void> => {
  const { record, server, wine } = pc;
  record.step('installed on a golden image');
  rmSync(wine.path(STATE), { recursive: true });
  const token = await server.token();
  const words = [`SERVERURL=${server.url}`, `ENROLLTOKEN=${token}`, 'GOLDENIMAGE=1'];
  record.see('exit code', await install(pc, pc.older, ...words), 0);
  const named = () => valueOf(pc, KEY, 'GoldenImageName');
  record.seeLike('it knows its name', await until('its name', named, SOON_MS).catch(() => 'none'), /^(?!none$)./);
  record.see('the service waits, and no agent runs', `${await serviceState(pc)} ${residents(pc).length}`, 'RUNNING 0');
  record.see('the token waits, too', await valueOf(pc, ENROLMENT, 'Token'), token);
  record.step('a copy of it, with another name, is started');
  await setValue(pc, KEY, { name: 'GoldenImageName', text: 'ANOTHER' });
  await wine.reboot();
  record.seeLike('a device of the server', (await connected(pc)).device, /^d_/);
  record.see('it is no image any more', await named(), undefined);
  record.see('the token in the registry', await valueOf(pc, ENROLMENT, 'Token'), undefined);
  record.see('removed again', await uninstall(pc, pc.older), 0);
};

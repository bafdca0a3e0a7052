// A machine's life with the .deb: installed, enrolled, cut off, upgraded, taken back, removed, purged.
import { until } from '../until.ts';
import { kernelLog } from './deb-kernel-log.ts';
import type { DebianRoot } from './debian-root.ts';
import type { Office } from './office.ts';
import { RunningAgent } from './running-agent.ts';
import type { Transcript } from './transcript.ts';

export type Scene = { readonly root: DebianRoot; readonly office: Office; readonly told: Transcript };
/** File names in the root's /tmp, the older first. */
export type Versions = { readonly old: string; readonly new: string };

const FIRST_READING_MS = 15_000;
const ALL_FILES = `find / -xdev \\( -path /proc -o -path /tmp \\) -prune -o -print | sort`;
/** Of what must outlive an upgrade. */
const KEPT = 'cd /var/lib/fettle && sha256sum identity.json $(find spool -type f -name "*.seg" | sort)';

export const debStory = async (scene: Scene, versions: Versions): Promise<void> => {
  const before = new Set((await scene.root.run(ALL_FILES)).output.split('\n'));
  await install(scene, versions.old);
  await kernelLog(scene, versions.old);
  await enrol(scene);
  await firstReading(scene);
  const due = await cutOff(scene);
  await upgrade(scene, versions);
  await backOnline(scene, due);
  await goBack(scene, versions);
  await purge(scene, before);
};

const install = async ({ root, told }: Scene, file: string): Promise<void> => {
  told.title('install');
  await told.expect(root, `dpkg --install /tmp/${file}`, {
    code: 0,
    says: /To make this machine a device: fettle-agent enroll/,
  });
  await told.expect(root, 'id fettle && getent passwd fettle', {
    code: 0,
    says: /:\/var\/lib\/fettle:\/usr\/sbin\/nologin$/,
  });
  await told.expect(root, `stat --format '%a %U:%G %n' /etc/fettle /etc/fettle/agent.toml /var/lib/fettle`, {
    code: 0,
    says: /755 root:root \/etc\/fettle\n640 root:fettle \/etc\/fettle\/agent.toml\n750 fettle:fettle \/var\/lib\/fettle/,
  });
  await told.expect(root, 'fettle-agent version', { code: 0, says: /^fettle-agent \d/ });
  await told.expect(root, 'fettle-agent status', { code: 3, says: /not enrolled/ });
  await told.expect(root, 'dpkg --verify fettle-agent', { code: 0 });
};

const enrol = async ({ root, office, told }: Scene): Promise<void> => {
  told.title('enrol: first what goes wrong');
  root.write('root/token', `$(touch /tmp/ran)\`touch /tmp/ran\`;'"&|\n`);
  await told.expect(root, 'fettle-agent enroll --server http://127.0.0.1:1 --token-file /root/token', { code: 4 });
  await told.expect(root, `fettle-agent enroll --server ${office.url} --token-file /root/token`, { code: 1 });
  await told.expect(root, 'ls /tmp/ran', { code: 2 });
  await told.expect(root, `fettle-agent enroll --server ${office.url} --token secret`, {
    code: 2,
    says: /can be read by every user/,
  });
  told.title('enrol');
  root.write('root/token', await office.newToken());
  await told.expect(root, `fettle-agent enroll --server ${office.url} --token-file /root/token`, {
    code: 0,
    says: /^enrolled at/,
  });
  await told.expect(root, 'ls /root/token', { code: 2 });
  await told.expect(root, `stat --format '%a %U' /var/lib/fettle/identity.json`, { code: 0, says: /^600 fettle$/ });
  await told.expect(root, `sed -i 's|^# url = .*|url = "${office.url}"|' /etc/fettle/agent.toml`, { code: 0 });
};

const firstReading = async ({ root, office, told }: Scene): Promise<void> => {
  told.title('run, as the user fettle');
  const startedMs = performance.now();
  const agent = new RunningAgent(root);
  const count = await until(
    'a reading at the server',
    async () => (await office.readings()) || undefined,
    FIRST_READING_MS,
  );
  const tookMs = Math.round(performance.now() - startedMs);
  told.note(`${count} readings at the server ${tookMs} ms after the start`);
  told.check(`the first reading comes within ${FIRST_READING_MS} ms`, tookMs < FIRST_READING_MS, tookMs);
  await until('its status', async () => (await root.run('test -s /var/lib/fettle/status.json')).code === 0);
  await told.expect(root, `setpriv --reuid=fettle --regid=fettle --init-groups fettle-agent status || [ $? = 1 ]`, {
    code: 0,
    says: /server +http/,
  });
  told.check('it stops when it is told to', (await agent.stop()) === 0, agent.said);
};

/** @returns how many records the server will have when it has all that waits for it now */
const cutOff = async ({ root, office, told }: Scene): Promise<number> => {
  told.title('the server goes away while the agent works');
  const taken = await office.taken();
  await office.close();
  const agent = new RunningAgent(root);
  await until('records that wait', async () => waitingIn((await root.run('fettle-agent status')).output) > 0);
  told.check('it stops when it is told to', (await agent.stop()) === 0, agent.said);
  return taken + waitingIn((await told.run(root, 'fettle-agent status')).output);
};

/** Records of alerts, by the status of the agent. */
const waitingIn = (status: string): number => Number(/waiting to be sent +(\d+) alert records/.exec(status)?.[1] ?? 0);

const upgrade = async ({ root, told }: Scene, versions: Versions): Promise<void> => {
  told.title('upgrade with records that wait');
  const kept = await told.expect(root, KEPT, { code: 0, says: /identity\.json\n.*spool\// });
  await told.expect(root, `dpkg --install /tmp/${versions.new}`, { code: 0 });
  told.check('key and records are what they were', (await root.run(KEPT)).output === kept);
  await told.expect(root, `grep ^url /etc/fettle/agent.toml; stat --format '%a %U:%G' /etc/fettle/agent.toml`, {
    code: 0,
    says: /^url = .*\n640 root:fettle$/,
  });
  told.title('older over newer');
  await told.expect(root, `dpkg --install /tmp/${versions.old}`, {
    code: 1,
    says: /is older.*Nothing was changed.*dpkg --remove/s,
  });
  await told.expect(
    root,
    `dpkg-query --show --showformat '\${Status} \${Version}\\n' fettle-agent; fettle-agent version`,
    {
      code: 0,
      says: /^install ok installed 0\.1\.1\nfettle-agent 0\.1\.1 /,
    },
  );
};

const backOnline = async ({ root, office, told }: Scene, due: number): Promise<void> => {
  told.title('the server comes back');
  await office.open();
  const agent = new RunningAgent(root);
  await until('what waited', async () => (await office.taken()) >= due);
  told.note(`${await office.taken()} records taken, ${due} were due`);
  const devices = await office.devices();
  told.check('it is one device', devices.length === 1, devices.length);
  told.check('of the new version', devices[0]?.agentVersion === '0.1.1', devices[0]?.agentVersion);
  told.check('nothing was lost', devices[0]?.lostRecords === 0, devices[0]?.lostRecords);
  told.check('it stops when it is told to', (await agent.stop()) === 0, agent.said);
};

const goBack = async (scene: Scene, versions: Versions): Promise<void> => {
  const { root, told } = scene;
  await cutOff(scene);
  told.title('remove, with records that wait');
  await told.expect(root, 'dpkg --remove fettle-agent', {
    code: 0,
    says: /not delivered yet: \d+ alert records, \d+ batches.*a purge deletes them/,
  });
  await told.expect(root, 'ls /usr/lib/fettle-agent /usr/bin/fettle-agent', { code: 2 });
  await told.expect(root, 'ls /var/lib/fettle/identity.json /etc/fettle/agent.toml', { code: 0 });
  told.title('the older version, after a removal');
  await told.expect(root, `dpkg --install /tmp/${versions.old} && fettle-agent version`, {
    code: 0,
    says: /fettle-agent 0\.1\.0 /,
  });
};

const purge = async ({ root, told }: Scene, before: ReadonlySet<string>): Promise<void> => {
  told.title('purge');
  root.write('etc/fettle/server.toml', '# of the server, which is not purged');
  await told.expect(root, 'dpkg --purge fettle-agent', { code: 0 });
  await told.expect(root, 'ls /etc/fettle', { code: 0, says: /^server\.toml$/ });
  await told.expect(root, 'rm -r /etc/fettle', { code: 0 });
  const after = (await root.run(ALL_FILES)).output.split('\n');
  const left = after.filter((path) => !before.has(path) && !isBookkeeping(path));
  told.check('nothing is left but the user', left.length === 0, left.join(' '));
  await told.expect(root, 'getent passwd fettle', { code: 0 });
};

/** Of the system itself: copies that dpkg and useradd make of their files. */
const isBookkeeping = (path: string): boolean =>
  /^\/(etc\/(passwd|group|shadow|gshadow|subuid|subgid)-|var\/lib\/dpkg\/.*-old|var\/cache\/ldconfig\/.*)$/.test(path);

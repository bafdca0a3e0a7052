// A server's life with the .deb: refused, installed, set up, run, backed up, upgraded, removed, purged.
import type { DebianRoot } from './debian-root.ts';
import { RunningServer, signInBy, statusOf } from './running-server.ts';
import type { Transcript } from './transcript.ts';

export type ServerScene = {
  readonly root: DebianRoot;
  readonly told: Transcript;
  /** Where it is to listen: a free port of loopback. */
  readonly port: number;
};
/** File names in the root's /tmp, the older first. */
type Versions = { readonly old: string; readonly new: string };

const DATA = '/var/lib/fettle-server';
const SETTINGS = '/etc/fettle/server.toml';
const ALL_FILES = `find / -xdev \\( -path /proc -o -path /tmp \\) -prune -o -print | sort`;

export const serverStory = async (scene: ServerScene, versions: Versions): Promise<void> => {
  const before = new Set((await scene.root.run(ALL_FILES)).output.split('\n'));
  await nameTaken(scene, versions.old);
  await install(scene, versions.old);
  const login = await setUp(scene);
  const cookie = await serve(scene, login);
  await upgrade(scene, versions, cookie);
  await purge(scene, before);
};

const urlOf = ({ port }: ServerScene): string => `http://127.0.0.1:${port}`;

const nameTaken = async ({ root, told }: ServerScene, file: string): Promise<void> => {
  told.title('somebody is called fettle-server');
  await root.run('useradd --create-home --uid 1500 fettle-server');
  const says =
    /the user "fettle-server" \(uid 1500, home \/home\/fettle-server\) is somebody else's.*Nothing was changed/;
  await told.expect(root, `dpkg --install /tmp/${file}`, { code: 1, says });
  await told.expect(root, `ls -d /usr/lib/fettle-server /etc/fettle ${DATA}`, { code: 2 });
  await root.run('userdel --remove fettle-server; dpkg --purge fettle-server');
};

const install = async ({ root, told }: ServerScene, file: string): Promise<void> => {
  told.title('install');
  await told.expect(root, `dpkg --install /tmp/${file}`, { code: 0, says: /To make a server: fettle-server init/ });
  await told.expect(root, 'getent passwd fettle-server', {
    code: 0,
    says: /:\/var\/lib\/fettle-server:\/usr\/sbin\/nologin$/,
  });
  await told.expect(root, `stat --format '%a %U:%G %n' ${SETTINGS} ${DATA}`, {
    code: 0,
    says: /640 root:fettle-server \/etc\/fettle\/server.toml\n700 fettle-server:fettle-server \/var\/lib\/fettle-server/,
  });
  await told.expect(root, 'fettle-server version', { code: 0, says: /^fettle-server \d/ });
  await told.expect(root, 'dpkg --verify fettle-server', { code: 0 });
  await told.expect(root, 'fettle-server token', { code: 1, says: /make a server of it: fettle-server init/ });
  await told.expect(root, `ls -A ${DATA}`, { code: 0, says: /^$/ });
};

/** @returns the link that signs the owner in */
const setUp = async (scene: ServerScene): Promise<string> => {
  const { root, told, port } = scene;
  told.title('init: first what goes wrong');
  await told.expect(root, 'fettle-server init --host 0.0.0.0', {
    code: 1,
    says: /beyond loopback, and there is no TLS/,
  });
  await told.expect(root, `cd /etc/fettle && ls; ls -A ${DATA}`, { code: 0, says: /^server\.toml$/ });
  told.title('init');
  const said = await told.expect(root, `fettle-server init --port ${port} --public-url ${urlOf(scene)}`, {
    code: 0,
    says: /\/login#fl_/,
  });
  await told.expect(root, `find ${DATA} -not -user fettle-server`, { code: 0, says: /^$/ });
  await told.expect(root, `stat --format '%a %U:%G' ${SETTINGS}; grep ^public_url ${SETTINGS}`, {
    code: 0,
    says: /^640 root:fettle-server\npublic_url = /,
  });
  await told.expect(root, 'fettle-server init', {
    code: 1,
    says: /has the data of a server already, and nothing was changed/,
  });
  await told.expect(root, 'fettle-server doctor', { code: 0, says: /port: .* is free/ });
  return said.split('\n').at(-1) ?? '';
};

/** @returns a cookie of the owner's session */
const serve = async (scene: ServerScene, login: string): Promise<string> => {
  const { root, told } = scene;
  told.title('run, as the user fettle-server');
  const server = await RunningServer.start(root, urlOf(scene));
  told.check('healthz', (await statusOf(`${urlOf(scene)}/healthz`)) === 200);
  told.check('the console', (await statusOf(`${urlOf(scene)}/`)) === 200);
  const cookie = await signInBy(login);
  told.check(
    'the link of init signs the owner in',
    (await statusOf(`${urlOf(scene)}/api/v1/enroll-tokens`, { cookie })) === 200,
  );
  await told.expect(root, 'fettle-server doctor', { code: 0, says: /address: .* leads here/ });
  told.title('backup, by root and beside the running server');
  await told.expect(root, 'fettle-server backup', { code: 0, says: /-manual$/ });
  await told.expect(root, 'fettle-server backup --daily && fettle-server backup --daily', {
    code: 0,
    says: /fresh enough$/,
  });
  await told.expect(root, `find ${DATA} -not -user fettle-server`, { code: 0, says: /^$/ });
  await told.expect(root, 'fettle-server check', { code: 0, says: /backups: \d/ });
  told.check('it stops when it is told to', (await server.stop()) === 0, server.said);
  return cookie;
};

const upgrade = async (scene: ServerScene, versions: Versions, cookie: string): Promise<void> => {
  const { root, told } = scene;
  told.title('upgrade');
  const settings = (await root.run(`sha256sum ${SETTINGS}`)).output;
  await told.expect(root, `dpkg --install /tmp/${versions.new}`, { code: 0 });
  told.check('the settings are what they were', (await root.run(`sha256sum ${SETTINGS}`)).output === settings);
  const server = await RunningServer.start(root, urlOf(scene));
  const url = `${urlOf(scene)}/api/v1/enroll-tokens`;
  told.check('who was signed in still is', (await statusOf(url, { cookie })) === 200);
  told.check('who was not is not', (await statusOf(url)) === 401);
  told.check('it stops when it is told to', (await server.stop()) === 0, server.said);
  told.title('older over newer');
  await told.expect(root, `dpkg --install /tmp/${versions.old}`, { code: 1, says: /is older.*Nothing was changed/ });
  await told.expect(root, 'fettle-server version && fettle-server check', { code: 0 });
};

const purge = async ({ root, told }: ServerScene, before: ReadonlySet<string>): Promise<void> => {
  told.title('remove');
  await told.expect(root, 'dpkg --remove fettle-server', { code: 0, says: /its data and backups stay in/ });
  await told.expect(root, `ls ${DATA}/fettle.db ${SETTINGS}`, { code: 0 });
  told.title('purge');
  await told.expect(root, 'dpkg --purge fettle-server', { code: 0 });
  const after = (await root.run(ALL_FILES)).output.split('\n');
  const left = after.filter((path) => !before.has(path) && !isBookkeeping(path));
  told.check('nothing is left but the user', left.length === 0, left.join(' '));
};

/** Of the system itself: copies that dpkg and useradd make of their files. */
const isBookkeeping = (path: string): boolean =>
  /^\/(etc\/(passwd|group|shadow|gshadow|subuid|subgid)-|var\/lib\/dpkg\/.*-old|var\/cache\/ldconfig\/.*)$/.test(path);

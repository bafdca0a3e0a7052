// What goes wrong when administrators install: a clear message, the right exit code, nothing half done.
import type { Versions } from './deb-story.ts';
import type { DebianRoot } from './debian-root.ts';
import type { Transcript } from './transcript.ts';

type Scene = { readonly root: DebianRoot; readonly told: Transcript };

const STATE = `dpkg-query --show --showformat '\${db:Status-Abbrev}\\n' fettle-agent 2>/dev/null || echo none`;
/** What the package's scripts and its launcher start, in place of the real ones: each leaves a trace. */
const PLANTED = 'useradd getent install chown chmod grep sed cut rmdir systemctl node sh env setpriv';

export const debBadInputs = async (scene: Scene, versions: Versions): Promise<void> => {
  await nameTaken(scene, versions);
  await diskFull(scene, versions);
  await twoAtOnce(scene, versions);
  await plantedTools(scene, versions);
  await again(scene, versions);
};

const nameTaken = async ({ root, told }: Scene, versions: Versions): Promise<void> => {
  told.title('somebody is called fettle');
  await root.run('useradd --create-home --uid 1500 fettle');
  await told.expect(root, `dpkg --install /tmp/${versions.old}`, {
    code: 1,
    says: /the user "fettle" \(uid 1500, home \/home\/fettle\) is somebody else's.*Nothing was changed/,
  });
  await told.expect(root, 'ls -d /usr/lib/fettle-agent /etc/fettle /var/lib/fettle', { code: 2 });
  await told.expect(root, 'userdel --remove fettle; groupadd --gid 1600 fettle; dpkg --purge fettle-agent', {
    code: 0,
  });
  await told.expect(root, `dpkg --install /tmp/${versions.old}`, {
    code: 1,
    says: /the group "fettle" \(gid 1600, members: none\)/,
  });
  await root.run('groupdel fettle; dpkg --purge fettle-agent');
};

const diskFull = async ({ root, told }: Scene, versions: Versions): Promise<void> => {
  told.title('the disk is full');
  const small = 'mkdir -p /usr/lib/fettle-agent && mount -t tmpfs -o size=20m tmpfs /usr/lib/fettle-agent';
  await told.expect(
    root,
    `${small} && dpkg --install /tmp/${versions.old}; code=$?; ls /usr/lib/fettle-agent; exit $code`,
    {
      code: 1,
      says: /No space left on device/,
    },
  );
  const state = await told.run(root, STATE);
  told.check('dpkg does not call it installed', !state.output.startsWith('ii'), state.output);
  await told.expect(root, `dpkg --install /tmp/${versions.old} && fettle-agent version`, { code: 0 });
  told.title('the disk is full while upgrading');
  // what the old version has lies there already, so that the new one does not fit beside it
  const copied =
    'cp -a /usr/lib/fettle-agent /tmp/copy && mount -t tmpfs -o size=140m tmpfs /usr/lib/fettle-agent && cp -a /tmp/copy/. /usr/lib/fettle-agent';
  await told.expect(
    root,
    `${copied} && dpkg --install /tmp/${versions.new}; code=$?; fettle-agent version; rm -r /tmp/copy; exit $code`,
    {
      code: 1,
      says: /No space left on device.*fettle-agent 0\.1\.0 /s,
    },
  );
  await told.expect(root, STATE, { code: 0, says: /^ii/ });
  await told.expect(root, 'dpkg --verify fettle-agent && dpkg --purge fettle-agent', { code: 0 });
};

const twoAtOnce = async ({ root, told }: Scene, versions: Versions): Promise<void> => {
  told.title('two installers at once');
  const one = (name: string) => `{ dpkg --install /tmp/${versions.old}; echo "ended with $?"; } >/tmp/${name} 2>&1`;
  const { output } = await told.run(
    root,
    `${one('first')} & ${one('second')} & wait; cat /tmp/first; cat /tmp/second; rm /tmp/first /tmp/second`,
  );
  const codes = [...output.matchAll(/^ended with (\d+)$/gm)].map(([, code]) => Number(code));
  told.check('one installs, one is refused', codes.toSorted((a, b) => a - b).join(' ') === '0 2', codes.join(' '));
  told.check('the refused one hears why', /lock/.test(output));
  await told.expect(root, 'fettle-agent version && dpkg --purge fettle-agent', { code: 0 });
};

const plantedTools = async ({ root, told }: Scene, versions: Versions): Promise<void> => {
  told.title('planted programs come first on the path');
  const trap = String.raw`printf '#!/bin/sh\necho "$0" >>/tmp/trapped\nexit 0\n' >/tmp/planted/$name; chmod 755 /tmp/planted/$name`;
  await root.run(`mkdir /tmp/planted; for name in ${PLANTED}; do ${trap}; done`);
  const path = '/tmp/planted:/usr/sbin:/usr/bin:/sbin:/bin';
  const install = await told.run(root, `dpkg --install /tmp/${versions.old} && fettle-agent version`, path);
  told.check('it installs and runs', install.code === 0, install.code);
  await told.expect(root, 'cat /tmp/trapped', { code: 1, says: /No such file/ });
  const purge = await told.run(root, 'dpkg --purge fettle-agent', path);
  told.check('it is purged', purge.code === 0, purge.code);
  await told.expect(root, 'cat /tmp/trapped; rm -r /tmp/planted', { code: 0, says: /No such file/ });
};

const again = async ({ root, told }: Scene, versions: Versions): Promise<void> => {
  told.title('installed again, with the user that a purge left, and the group alone');
  await told.expect(root, `dpkg --install /tmp/${versions.old} && dpkg --purge fettle-agent`, { code: 0 });
  await told.expect(
    root,
    `userdel fettle; groupadd --system fettle; dpkg --install /tmp/${versions.old} && id fettle`,
    { code: 0 },
  );
};

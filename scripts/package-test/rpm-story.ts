// The .rpm with its scripts, into a root by the rpm of this machine: a Debian knows none of the libraries by their names there, so what
// is needed is not asked for.
import { spawnSync } from 'node:child_process';

import type { Versions } from './deb-story.ts';
import type { DebianRoot } from './debian-root.ts';
import type { Transcript, Wanted } from './transcript.ts';

type Scene = { readonly root: DebianRoot; readonly told: Transcript };

const RPM_MS = 120_000;

export const rpmStory = async (scene: Scene, versions: Versions): Promise<void> => {
  const { root, told } = scene;
  told.title('rpm: somebody is called fettle');
  await root.run('useradd --uid 1500 fettle');
  rpm(scene, ['--install', versions.old], { code: 1, says: /the user "fettle" \(uid 1500/ });
  await told.expect(root, 'ls -d /usr/lib/fettle-agent /etc/fettle; userdel fettle', {
    code: 0,
    says: /cannot access.*\n.*cannot access/,
  });
  told.title('rpm: install');
  rpm(scene, ['--install', versions.old], { code: 0, says: /To make this machine a device/ });
  await told.expect(
    root,
    `stat --format '%a %U:%G %n' /etc/fettle/agent.toml /var/lib/fettle && fettle-agent version`,
    {
      code: 0,
      says: /640 root:fettle .*\n750 fettle:fettle .*\nfettle-agent 0\.1\.0 /,
    },
  );
  rpm(scene, ['--verify', 'fettle-agent'], { code: 0 });
  told.title('rpm: upgrade');
  await told.expect(root, 'echo kept >/var/lib/fettle/identity.json && echo "# changed" >>/etc/fettle/agent.toml', {
    code: 0,
  });
  rpm(scene, ['--upgrade', versions.new], { code: 0 });
  await told.expect(
    root,
    'fettle-agent version && cat /var/lib/fettle/identity.json && tail -1 /etc/fettle/agent.toml',
    {
      code: 0,
      says: /fettle-agent 0\.1\.1 .*\nkept\n# changed/,
    },
  );
  rpm(scene, ['--upgrade', versions.old], { code: 2, says: /newer than/ });
  told.title('rpm: erase');
  rpm(scene, ['--erase', 'fettle-agent'], { code: 0, says: /agent\.toml\.rpmsave/ });
  await told.expect(root, 'ls /usr/bin/fettle-agent /usr/lib/fettle-agent', { code: 2 });
  await told.expect(root, 'ls /etc/fettle /var/lib/fettle', { code: 0, says: /agent\.toml\.rpmsave.*identity\.json/s });
};

const rpm = ({ root, told }: Scene, args: readonly string[], wanted: Wanted): void => {
  const files = args.map((arg) => (arg.endsWith('.rpm') ? `${root.folder}/tmp/${arg}` : arg));
  const apart = ['--mount', '--pid', '--fork', '--kill-child', 'rpm', '--root', root.folder, '--nodeps', ...files];
  const { status, stdout, stderr } = spawnSync('unshare', apart, { encoding: 'utf8', timeout: RPM_MS });
  told.ended(`rpm ${args.join(' ')}`, { code: status, output: `${stdout}${stderr}`.trimEnd() }, wanted);
};

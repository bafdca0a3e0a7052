// Where systemd runs, the package has the kernel's log opened for the agent, as long as there is one. What systemd makes of it is seen by
// `npm run test:systemd`: here it only seems to run.
import type { DebianRoot } from './debian-root.ts';
import type { Transcript } from './transcript.ts';

const DROP_IN = '/usr/lib/systemd/system/fettle-agent.service.d/kernel-log.conf';
const SYSTEMD = `mkdir -p /run/systemd/system && printf '#!/bin/sh\\n' >/usr/bin/systemctl && chmod +x /usr/bin/systemctl`;
/** Any device that can be opened: the kernel's log itself is the machine's around this one. */
const LOG = 'mknod /dev/kmsg c 1 3';

/** The agent is installed before and after it. @param file of the package, in the root's /tmp */
export const kernelLog = async (
  { root, told }: { readonly root: DebianRoot; readonly told: Transcript },
  file: string,
): Promise<void> => {
  const install = `dpkg --install /tmp/${file}`;
  told.title("the kernel's log, where systemd runs");
  await told.expect(root, `ls ${DROP_IN}`, { code: 2 });
  await told.expect(root, `${SYSTEMD} && ${LOG} && ${install} && cat ${DROP_IN}`, {
    code: 0,
    says: /\[Service\]\nStandardInput=file:\/dev\/kmsg$/,
  });
  await told.expect(root, 'dpkg --remove fettle-agent', { code: 0 });
  await told.expect(root, `ls -d $(dirname ${DROP_IN})`, { code: 2 });
  await told.expect(root, `${install} && stat --format %a ${DROP_IN}`, { code: 0, says: /644$/ });
  told.title('and none any more');
  await told.expect(root, `rm /dev/kmsg && ${install} && ls -d $(dirname ${DROP_IN})`, { code: 2 });
  await told.expect(root, 'rm -r /run/systemd /usr/bin/systemctl', { code: 0 });
};

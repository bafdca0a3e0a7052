// Is systemd what started this machine?
import { cleanText } from '@fettle/shared/wire/bytes';

import type { Host } from '../../host/host.ts';
import { type Capability, unavailable } from '../collector.ts';
import { kernelText } from '../kernel-files.ts';

/** sd_booted(3): this folder is there where systemd is the service manager, and only there. */
const FOLDER = '/run/systemd/system';

/** @returns why there is nothing to ask; undefined where systemd runs */
export const notSystemd = (host: Host): Capability | undefined => {
  try {
    host.listKernel(FOLDER);
    return undefined;
  } catch {
    return unavailable('not_on_this_os', `PID 1 is not systemd${it(host)}`);
  }
};

const it = (host: Host): string => {
  const name = kernelText(host, '/proc/1/comm');
  return name === undefined ? '' : ` (it is ${cleanText(name, 40)})`;
};

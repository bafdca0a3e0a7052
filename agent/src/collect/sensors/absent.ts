import type { Reason } from '@fettle/shared/wire/record.schema';

import type { Host } from '../../host/host.ts';
import { kernelText } from '../kernel-files.ts';

/** Why there is no sensor, in a person's words. */
export const whyNone = (host: Host): Reason => {
  const by = hypervisorOf(host);
  return by === undefined
    ? {
        code: 'no_hardware',
        detail: 'No driver of the kernel shows a temperature or a fan.',
        fix: 'On a board with sensors, run sensors-detect (package lm-sensors) and load the driver that it names.',
      }
    : { code: 'virtual', detail: `A virtual machine (${by}) has no sensors of its own: watch its host.` };
};

/** What firmware of virtual machines calls itself: the names that systemd-detect-virt(1) goes by. */
const VENDORS = /QEMU|KVM|VMware|innotek|VirtualBox|Xen|Bochs|Parallels|Amazon EC2|Google Compute|OpenStack|BHYVE/i;
const MICROSOFT_MODEL = 'Virtual Machine';

const hypervisorOf = (host: Host): string | undefined => {
  const [vendor, model] = ['sys_vendor', 'product_name'].map((name) => kernelText(host, `/sys/class/dmi/id/${name}`));
  const made = [vendor, model].find((text) => text !== undefined && VENDORS.test(text));
  if (made !== undefined) return made;
  if (vendor?.startsWith('Microsoft') && model === MICROSOFT_MODEL) return 'Hyper-V';
  const type = kernelText(host, '/sys/hypervisor/type');
  if (type) return type;
  // bit 31 of CPUID 1:ECX, which every hypervisor sets
  return /^flags\s*:.*\bhypervisor\b/m.test(kernelText(host, '/proc/cpuinfo') ?? '') ? 'by its CPU' : undefined;
};

// Files of the kernel that not every machine has, or does not show to everybody. Whoever has to tell why reads by the host itself.
import type { Host } from '../host/host.ts';

/** Without blanks around it; undefined where it cannot be read. */
export const kernelText = (host: Host, path: string): string | undefined => {
  try {
    return host.readKernel(path).trim();
  } catch {
    return undefined;
  }
};

/** Names in a folder; none where it cannot be read. */
export const kernelNames = (host: Host, folder: string): readonly string[] => {
  try {
    return host.listKernel(folder);
  } catch {
    return [];
  }
};

/** Where a link leads; "" for what is none. */
export const kernelLink = (host: Host, path: string): string => {
  try {
    return host.readLink(path);
  } catch {
    return '';
  }
};

import type { DeviceView } from '@fettle/shared/api/device.schema';
import { Box, Laptop, type LucideIcon, Monitor, Router, Server, Tablet } from 'lucide-react';

import { Ago } from './ago.tsx';

export const osWords: Readonly<Record<DeviceView['os'], string>> = {
  linux: 'Linux',
  windows: 'Windows',
  macos: 'macOS',
  unknown: '–',
};

const classes: Readonly<Record<DeviceView['class'], readonly [icon: LucideIcon, word: string]>> = {
  server: [Server, 'Server'],
  desktop: [Monitor, 'Desktop'],
  laptop: [Laptop, 'Laptop'],
  kiosk: [Tablet, 'Kiosk'],
  network: [Router, 'Network'],
  ephemeral: [Box, 'Ephemeral'],
};

export const ClassTag = ({ deviceClass }: { readonly deviceClass: DeviceView['class'] }) => {
  const [Icon, word] = classes[deviceClass];
  return (
    <span className="inline-flex items-center align-middle gap-1.5 whitespace-nowrap">
      <Icon size={15} aria-hidden className="text-muted" />
      {word}
    </span>
  );
};

/** Who is online was seen just now: the feed tells when that ends, but not each sign of life. */
export const LastSeen = ({ presence, lastSeen }: Pick<DeviceView, 'presence' | 'lastSeen'>) =>
  presence === 'online' ? <>now</> : <Ago at={lastSeen} suffix />;

// What several rules of the pack are about, in the catalogue's units.
import type { DeviceClass } from '../scope.ts';

export const GIB = 2 ** 30;
export const HOUR_S = 60 * 60;
export const DAY_S = 24 * HOUR_S;

export const ALWAYS_ON: readonly DeviceClass[] = ['server', 'kiosk', 'network'];
export const NOT_SERVERS: readonly DeviceClass[] = ['desktop', 'laptop', 'kiosk', 'network', 'ephemeral'];
export const EVERY_CLASS: readonly DeviceClass[] = ['server', ...NOT_SERVERS];

export const MOUNTPOINT = 'system.filesystem.mountpoint';
/** A disk's serial number: it is the same wherever the disk is plugged in. */
export const DISK = 'hw.id';
/** What people call a sensor, a fan, an array; unique on its machine. */
export const PART = 'hw.name';
export const SERVICE = 'fettle.service.name';

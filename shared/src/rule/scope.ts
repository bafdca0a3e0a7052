// What a device is, as far as rules care.

export const operatingSystems = ['linux', 'windows', 'macos'] as const;
export type Os = (typeof operatingSystems)[number];

export const deviceClasses = ['server', 'desktop', 'laptop', 'kiosk', 'network', 'ephemeral'] as const;
export type DeviceClass = (typeof deviceClasses)[number];

export type Device = { readonly os: Os; readonly class: DeviceClass };

// What programs of macOS write. SYNTHETIC: made up after the manuals and the descriptions of others, not recorded on a Mac.

/** `launchctl print system/LABEL`. */
export const launchctlPrint = (
  label: string,
  {
    state = 'running',
    pid,
    exitCode = '(never exited)',
    runs = 1,
  }: {
    readonly state?: string;
    readonly pid?: number;
    readonly exitCode?: string;
    readonly runs?: number;
  },
): string => `system/${label} = {
	active count = ${pid === undefined ? 0 : 1}
	path = /Library/LaunchDaemons/${label}.plist
	type = LaunchDaemon
	state = ${state}

	program = /opt/fettle/node
	arguments = {
		/opt/fettle/node
		state = none of ours
	}

	default environment = {
		PATH => /usr/bin:/bin:/usr/sbin:/sbin
	}

	domain = system
	minimum runtime = 30
	exit timeout = 15
	runs = ${runs}
${pid === undefined ? '' : `	pid = ${pid}\n`}	immediate reason = speculative
	forks = 0
	execs = 1
	last exit code = ${exitCode}

	spawn type = daemon (3)
	jetsam priority = 40

	properties = keepalive | runatload | inferred program
}
`;

/** A property list as programs write it. */
export const plist = (value: unknown): string =>
  '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" ' +
  `"http://www.apple.com/DTDs/PropertyList-1.0.dtd">\n<plist version="1.0">\n${element(value)}</plist>\n`;

const element = (value: unknown): string => {
  if (Array.isArray(value))
    return value.length === 0 ? '<array/>\n' : `<array>\n${value.map(element).join('')}</array>\n`;
  if (value instanceof Uint8Array) return `<data>\n${Buffer.from(value).toString('base64')}\n</data>\n`;
  if (value instanceof Date) return `<date>${value.toISOString()}</date>\n`;
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value).map(([key, one]) => `<key>${escaped(key)}</key>\n${element(one)}`);
    return `<dict>\n${pairs.join('')}</dict>\n`;
  }
  if (typeof value === 'boolean') return `<${value}/>\n`;
  if (typeof value === 'string') return `<string>${escaped(value)}</string>\n`;
  return Number.isInteger(value) ? `<integer>${String(value)}</integer>\n` : `<real>${String(value)}</real>\n`;
};

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export const vmStat = `Mach Virtual Memory Statistics: (page size of 16384 bytes)
Pages free:                               10221.
Pages active:                            301500.
Pages inactive:                          298713.
Pages speculative:                         1520.
Pages throttled:                              0.
Pages wired down:                        150000.
Pages purgeable:                          10000.
"Translation faults":                 812345678.
Pages copy-on-write:                   23456789.
File-backed pages:                       201733.
Anonymous pages:                         400000.
Pages stored in compressor:              512345.
Pages occupied by compressor:            200000.
`;

export const sysctls = `hw.memsize: 17179869184
vm.swapusage: total = 3072.00M  used = 1536.50M  free = 1535.50M  (encrypted)
kern.memorystatus_vm_pressure_level: 2
`;

/** A MacBook with a processor of Apple's. */
export const laptopBattery = {
  BatteryInstalled: true,
  CurrentCapacity: 81,
  MaxCapacity: 100,
  AppleRawCurrentCapacity: 3_500,
  AppleRawMaxCapacity: 4_290,
  NominalChargeCapacity: 4_400,
  DesignCapacity: 5_103,
  CycleCount: 215,
  ExternalConnected: false,
  IsCharging: false,
  FullyCharged: false,
  TimeRemaining: 312,
  Serial: 'F8Y0123456789ABCD',
  DeviceName: 'bq40z651',
  Amperage: 2 ** 64, // what flows out, without a sign
  ManufacturerData: new Uint8Array([0, 1, 2]),
  BatteryData: { CellVoltage: [4_012, 4_013, 4_012], Updated: new Date(0) },
};

/** A Mac mini: its own disk with two containers, a disk image, a stick, and a disk of old that is built in. */
export const diskList = {
  AllDisks: ['disk0', 'disk0s1', 'disk3'],
  AllDisksAndPartitions: [
    {
      Content: 'GUID_partition_scheme',
      DeviceIdentifier: 'disk0',
      OSInternal: true,
      Partitions: [{ Content: 'Apple_APFS', DeviceIdentifier: 'disk0s2', Size: 494_384_795_648 }],
      Size: 500_277_792_768,
    },
    {
      APFSPhysicalStores: [{ DeviceIdentifier: 'disk0s2' }],
      APFSVolumes: [
        { DeviceIdentifier: 'disk3s1', MountPoint: '/', VolumeName: 'Macintosh HD' },
        { DeviceIdentifier: 'disk3s2', MountPoint: '/System/Volumes/Preboot', VolumeName: 'Preboot' },
        { DeviceIdentifier: 'disk3s5', MountPoint: '/System/Volumes/Data', VolumeName: 'Größe & Süßes' },
      ],
      DeviceIdentifier: 'disk3',
    },
    {
      APFSPhysicalStores: [{ DeviceIdentifier: 'disk0s1' }],
      APFSVolumes: [
        { DeviceIdentifier: 'disk1s1', MountPoint: '/System/Volumes/iSCPreboot', VolumeName: 'iSCPreboot' },
      ],
      DeviceIdentifier: 'disk1',
    },
    {
      APFSPhysicalStores: [{ DeviceIdentifier: 'disk4s1' }],
      APFSVolumes: [{ DeviceIdentifier: 'disk5s1', MountPoint: '/Volumes/Installer', VolumeName: 'Installer' }],
      DeviceIdentifier: 'disk5',
    },
    {
      DeviceIdentifier: 'disk6',
      Partitions: [{ Content: 'DOS_FAT_32', DeviceIdentifier: 'disk6s1', MountPoint: '/Volumes/STICK' }],
    },
    {
      DeviceIdentifier: 'disk7',
      Partitions: [
        { Content: 'EFI', DeviceIdentifier: 'disk7s1', MountPoint: '/Volumes/EFI', VolumeName: 'EFI' },
        { Content: 'Apple_HFS', DeviceIdentifier: 'disk7s2', MountPoint: '/Volumes/Old', VolumeName: 'Old' },
      ],
    },
  ],
};

const fixed = { Internal: true, RemovableMedia: false, VirtualOrPhysical: 'Physical' };
/** By disk. */
export const diskInfos: Readonly<Record<string, unknown>> = {
  disk0: {
    ...fixed,
    BusProtocol: 'Apple Fabric',
    DeviceTreePath: 'IODeviceTree:/arm-io@10F00000/ans@77400000/iop-ans-nub/AppleANS3CGv2Controller',
    MediaName: 'APPLE SSD AP0512Z',
    SMARTStatus: 'Verified',
    Size: 500_277_792_768,
    SolidState: true,
  },
  disk4: {
    ...fixed,
    Internal: false,
    VirtualOrPhysical: 'Virtual',
    BusProtocol: 'Disk Image',
    SMARTStatus: 'Not Supported',
  },
  disk6: { ...fixed, Internal: false, RemovableMedia: true, BusProtocol: 'USB', SMARTStatus: 'Not Supported' },
  disk7: { ...fixed, BusProtocol: 'SATA', MediaName: 'ST1000LM024', SMARTStatus: 'Failing', SolidState: false },
};

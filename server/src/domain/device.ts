// A device as the server keeps it: what is needed for every record of it.
import type { Presence } from '@fettle/shared/api/device.schema';
import type { DeviceClass, Os } from '@fettle/shared/rule/scope';
import type { ByeReason } from '@fettle/shared/wire/agent-message.schema';

export type Device = {
  readonly id: string;
  readonly tenant: string;
  readonly site: string;
  readonly publicKey: string;
  readonly hostname: string;
  /** Nobody can say it of a thing that has no agent. */
  readonly os: Os | 'unknown';
  readonly class: DeviceClass;
  readonly agentVersion: string;
  readonly bootId: string;
  readonly bootedMs: number | null;
  readonly enrolledMs: number;
  /** The last sign of life, by the server's clock. */
  readonly lastSeenMs: number;
  readonly presence: Presence;
  readonly presenceSinceMs: number;
  readonly goodbye: ByeReason | null;
  readonly clockOffsetMs: number;
  readonly lostRecords: number;
  /** The device whose agent looks after this one, which has none itself; null for all others. */
  readonly watchedBy: string | null;
  /** The device whose disk this machine was given a copy of; null for all others. */
  readonly cloneOf: string | null;
  /** What people say of it: `critical`, `vip`, `shared` weigh in priorities, `always-on` makes it one that is never off. */
  readonly tags: readonly string[];
  /** No device: a site, for alerts about all of it. */
  readonly isPlace: boolean;
};

type Named = Pick<Device, 'id' | 'tenant' | 'site' | 'hostname'> & Partial<Device>;

/** A device at its enrolment: nothing has been heard of it but its name and its key. */
export const newDevice = (known: Named & Pick<Device, 'publicKey' | 'os' | 'class'>, nowMs: number): Device => ({
  agentVersion: '',
  bootId: '',
  bootedMs: null,
  enrolledMs: nowMs,
  lastSeenMs: nowMs,
  presence: 'away',
  presenceSinceMs: nowMs,
  goodbye: null,
  clockOffsetMs: 0,
  lostRecords: 0,
  watchedBy: null,
  cloneOf: null,
  tags: [],
  isPlace: false,
  ...known,
});

/** What has no agent of its own: a router, a site, what another system tells of. */
export const newThing = (known: Named, nowMs: number): Device =>
  newDevice(
    {
      publicKey: `none ${known.id}`, // no key looks like this: nobody can prove to be it
      os: 'unknown',
      class: 'network',
      presence: 'unknown',
      ...known,
    },
    nowMs,
  );

/** Windows says that it reboots, and not that it installs updates first. */
export const isSlowToBoot = ({ os }: Pick<Device, 'os'>): boolean => os === 'windows';

export const isAlwaysOn = ({ tags }: Pick<Device, 'tags'>): boolean => tags.includes('always-on');

// A made-up machine: what it is, and how it is at any moment. The same number gives the same machine.
import type { DeviceClass, Os } from '@fettle/shared/rule/scope';
import { MINUTE_MS } from '@fettle/shared/time';

type Incident = 'none' | 'disk fills' | 'CPU stuck' | 'memory leak' | 'inodes run out';

export type Machine = {
  readonly name: string;
  readonly os: Os;
  readonly class: DeviceClass;
  readonly cpus: number;
  readonly memoryBytes: number;
  /** Shares of each at a time since the start of the demo. */
  readonly cpuAt: (ms: number) => number;
  readonly memoryAt: (ms: number) => number;
  readonly volumes: readonly {
    readonly mountpoint: string;
    readonly bytes: number;
    readonly usedAt: (ms: number) => number;
    readonly inodesAt: (ms: number) => number;
  }[];
};

const GIB = 2 ** 30;
const ROLES = ['web', 'db', 'files', 'mail', 'build', 'print', 'backup', 'desk', 'book', 'till'] as const;
/** Every tenth machine or so has a problem; the first ones all have one, so that a small demo shows something. */
const INCIDENTS: readonly Incident[] = ['disk fills', 'CPU stuck', 'memory leak', 'inodes run out'];

/** A number from 0 to 1 for a machine and a purpose. */
const chance = (index: number, salt: number): number => {
  const x = Math.sin(index * 127.1 + salt * 311.7) * 43_758.5453;
  return x - Math.floor(x);
};

export const machineOf = (index: number): Machine => {
  const role = ROLES[index % ROLES.length] ?? 'web';
  const deviceClass = classOf(role);
  const incident = incidentOf(index);
  return {
    name: `${role}-${String(Math.floor(index / ROLES.length) + 1).padStart(2, '0')}`,
    os: deviceClass === 'server' || incident !== 'none' ? 'linux' : deskSystem(index),
    class: deviceClass,
    cpus: [2, 4, 8][Math.floor(chance(index, 4) * 3)] ?? 4,
    memoryBytes: (deviceClass === 'server' ? 32 : 16) * GIB,
    cpuAt: incident === 'CPU stuck' ? stuck : (ms) => wander(index, ms, 0.05 + chance(index, 5) * 0.3),
    memoryAt: incident === 'memory leak' ? leak : () => 0.3 + chance(index, 6) * 0.4,
    volumes: volumesOf(index, incident),
  };
};

const incidentOf = (index: number): Incident => {
  const [first] = INCIDENTS.slice(index, index + 1);
  if (first) return first;
  return chance(index, 1) < 0.06 ? (INCIDENTS[Math.floor(chance(index, 2) * INCIDENTS.length)] ?? 'none') : 'none';
};

const deskSystem = (index: number): Os => (chance(index, 3) < 0.7 ? 'windows' : 'macos');

const stuck = (ms: number): number => (ms > MINUTE_MS ? 0.97 : 0.3);

const leak = (ms: number): number => Math.min(0.985, 0.9 + (ms / MINUTE_MS) * 0.03);

const classOf = (role: (typeof ROLES)[number]): DeviceClass => {
  if (role === 'desk') return 'desktop';
  if (role === 'book') return 'laptop';
  return role === 'till' ? 'kiosk' : 'server';
};

/** Wanders around a level. */
const wander = (index: number, ms: number, level: number): number =>
  Math.min(
    1,
    Math.max(0.005, level * (1 + 0.4 * Math.sin(ms / 210_000 + index) + 0.2 * Math.sin(ms / 37_000 + index * 3))),
  );

const fills = (ms: number): number => Math.min(0.992, 0.845 + (ms / MINUTE_MS) * 0.006);

const inodesRunOut = (ms: number): number => Math.min(0.99, 0.86 + (ms / MINUTE_MS) * 0.002);

const volumesOf = (index: number, incident: Incident): Machine['volumes'] => {
  const level = 0.25 + chance(index, 7) * 0.5;
  const calm = () => level;
  const root = { mountpoint: '/', bytes: 80 * GIB, usedAt: calm, inodesAt: () => 0.08 };
  const data = {
    mountpoint: '/srv',
    bytes: 200 * GIB,
    usedAt: incident === 'disk fills' ? fills : calm,
    inodesAt: incident === 'inodes run out' ? inodesRunOut : () => 0.02,
  };
  return [root, data];
};

// What of a machine can be copied: its disk, its clocks, its line, and the agent that runs on it. A snapshot or a clone is another body.
import { type KeyObject, sign } from 'node:crypto';

import type { OwnKeyParts } from '@fettle/agent/agent';
import type { AgentLog } from '@fettle/agent/agent-report';
import { openDiskSpool } from '@fettle/agent/spool/disk/disk-spool';
import { DISK_LIMITS, type DiskLimits } from '@fettle/agent/spool/disk/limits';
import { namesOf } from '@fettle/agent/spool/disk/names';
import { SimDisk } from '@fettle/agent/spool/disk/sim-disk';
import type { Lane, Spool } from '@fettle/agent/spool/spool';
import type { Device } from '@fettle/server/domain/device';

import { AgentFiles } from './agent-files.ts';
import { AgentProcess, type SpoolNeeds } from './agent-process.ts';
import { boundDisk } from './bound-disk.ts';
import type { Condition } from './condition.ts';
import { type Identity, SERVER_ID, keyOf, publicKeyOf } from './identities.ts';
import type { Ledger } from './ledger.ts';
import { type Accept, type Connection, type Line, aLine, dialOver } from './network.ts';
import type { Random } from './random.ts';
import { SimClock } from './sim-clock.ts';
import type { World } from './world.ts';

export type BodyParts = {
  readonly world: World;
  readonly ledger: Ledger;
  readonly accept: Accept;
  readonly identity: Identity;
  readonly condition: Condition;
  readonly limits: Limits;
  readonly log: (entry: AgentLog) => void;
  /** The power went while the disk was written. */
  readonly onPowerCut: () => void;
};

export type Limits = Pick<DiskLimits, 'maxBytes' | 'segmentBytes' | 'ackedAlerts'>;

/** Small, so that a few hours fill it; and nothing else needs room on this disk. */
const limitsOf = (limits: Limits): DiskLimits => ({
  ...DISK_LIMITS,
  ...limits,
  free: { bytes: 0, share: 0 },
  ballastBytes: 1024,
});

export class Body {
  readonly #parts: BodyParts;
  readonly #random: Random;
  readonly #connections = new Set<Connection>();
  readonly clock: SimClock;
  readonly line: Line = aLine();
  files: AgentFiles;
  disk: SimDisk;
  /** On its disk, as the key is that it makes where it is a copy. */
  #identity: Identity;
  #nextKey: KeyObject | undefined;
  #process: AgentProcess | undefined;
  #boots = 0;
  /** Nobody has heard of it, and perhaps nobody will. */
  isShadow = false;

  constructor(parts: BodyParts, random: Random, from?: Body) {
    this.#parts = parts;
    this.#random = random;
    this.#identity = from ? from.#identity : parts.identity;
    this.#nextKey = from ? from.#nextKey : undefined;
    this.clock = from?.clock.copy() ?? new SimClock(parts.world);
    this.files = from?.files.copy() ?? new AgentFiles();
    this.disk = from?.disk.reboot('kept', random.next) ?? new SimDisk({ rng: random.next });
    this.#boots = from ? from.#boots : 0;
  }

  /** The same in all, to the next random number. */
  copy(): Body {
    return new Body(this.#parts, this.#random.copy(), this);
  }

  get device(): Device {
    return this.#identity.device;
  }

  get process(): AgentProcess | undefined {
    return this.#process?.isAlive ? this.#process : undefined;
  }

  get connections(): readonly Connection[] {
    return [...this.#connections];
  }

  async start(): Promise<void> {
    if (this.process) return;
    this.#process = this.#newProcess(this.#random.fork());
    await this.#process.start();
  }

  /** Without a word; its kernel resets what was connected. */
  kill(): void {
    this.#process?.kill();
    this.#hangUp((connection) => connection.reset('agent'));
  }

  /** What was not synced may be lost, and nobody is told. */
  cutPower(): void {
    this.#process?.kill();
    this.#hangUp((connection) => connection.swallow());
    this.disk = this.disk.reboot('torn', this.#random.next);
    this.#boot();
  }

  async stop(reason: 'stop' | 'reboot'): Promise<void> {
    await this.process?.stop(reason);
    this.#hangUp((connection) => connection.reset('agent'));
    if (reason === 'reboot') this.#boot();
  }

  #boot(): void {
    this.#boots += 1;
    this.clock.reboot();
  }

  #hangUp(end: (connection: Connection) => void): void {
    for (const connection of this.#connections) end(connection);
    this.#connections.clear();
  }

  #newProcess(random: Random): AgentProcess {
    const { world, accept, condition, log } = this.#parts;
    const { clock, line } = this;
    const { device, key } = this.#identity;
    const [epochs, nonces] = [random.fork(), random.fork()];
    return new AgentProcess({
      self: {
        deviceId: device.id,
        serverId: SERVER_ID,
        sign: (text) => sign(null, Buffer.from(text), key).toString('base64url'),
        newNonce: () => nonces.text(16),
        device: { os: 'linux', class: device.class },
        hostname: device.hostname,
        agentVersion: '0.1.0',
        bootId: `boot-${this.#boots}`,
      },
      clock,
      rng: random.next,
      condition,
      fsOf: (isAlive) => this.files.fsOf(isAlive),
      ownKey: this.#ownKey(),
      spoolOf: (needs) => this.#openSpool(needs, () => epochs.text(16)),
      dialOf: (toAgent) =>
        dialOver(world, line, { toAgent, accept, onOpen: (connection) => this.#connections.add(connection) }),
      log,
    });
  }

  #ownKey(): OwnKeyParts {
    const random = this.#random.fork();
    return {
      make: () => {
        const key = (this.#nextKey ??= keyOf(Buffer.from(random.text(32), 'base64url')));
        const signed = (text: string) => sign(null, Buffer.from(text), key).toString('base64url');
        return Promise.resolve({ publicKey: publicKeyOf(key), sign: signed });
      },
      become: ({ deviceId }) => {
        this.#become(deviceId);
        return Promise.resolve();
      },
    };
  }

  /** What it has not told yet, it tells as the other device. */
  #become(id: string): void {
    const { device } = this.#identity;
    if (!this.#nextKey) return;
    this.#parts.ledger.moved(device.id, id);
    this.#identity = { device: { ...device, id }, key: this.#nextKey };
    this.#nextKey = undefined;
    const { process } = this;
    void this.stop('stop').then(() => (this.#process === process ? this.start() : undefined));
  }

  async #openSpool({ isAlive, clock, sets }: SpoolNeeds, newEpoch: () => string): Promise<Spool> {
    const { limits, ledger, onPowerCut } = this.#parts;
    const inMemory = new Set<Lane>();
    const spool = await openDiskSpool({
      disk: boundDisk(this.disk, { isAlive, onPowerCut }),
      clock,
      newEpoch,
      bootId: `boot-${this.#boots}`,
      names: namesOf(sets),
      limits: limitsOf(limits),
      onHealth: ({ lane, kept }) => void (kept === 'memory' ? inMemory.add(lane) : inMemory.delete(lane)),
    });
    const append: Spool['append'] = async (lane, payload, atMs) => {
      ledger.given(this.device.id, lane, payload);
      const seq = await spool.append(lane, payload, atMs);
      if (lane === 'alerts' && !inMemory.has(lane) && !this.isShadow) ledger.kept(this.device.id, payload);
      return seq;
    };
    return watched(spool, append);
  }
}

/** The same spool, but for how it is given records. */
const watched = (spool: Spool, append: Spool['append']): Spool => ({
  append,
  read: (lane, afterSeq, max) => spool.read(lane, afterSeq, max),
  ack: (lane, epoch, seq) => spool.ack(lane, epoch, seq),
  renew: (lane, what) => spool.renew(lane, what),
  setAside: (lane, epoch, seq) => spool.setAside(lane, epoch, seq),
  counts: (lane) => spool.counts(lane),
  close: () => spool.close(),
});

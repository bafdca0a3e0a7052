import { Body, type BodyParts } from './body.ts';
// A simulated machine: what is wrong with it, and the body that is it at the moment. Snapshots and clones are bodies beside.
import { type Condition, healthy } from './condition.ts';
import type { Random } from './random.ts';

export class Machine {
  readonly #parts: Omit<BodyParts, 'condition' | 'onPowerCut'>;
  readonly condition: Condition = healthy();
  #body: Body;
  #snapshot: Body | undefined;
  #clone: Body | undefined;
  /** There were two of it for a while. */
  isCloned = false;
  /** It has been put back to a snapshot. */
  isRolledBack = false;
  /** Called when the power went while the disk was written. */
  onPowerCut: () => void = () => undefined;

  constructor(parts: Omit<BodyParts, 'condition' | 'onPowerCut'>, random: Random) {
    this.#parts = parts;
    const onPowerCut = () => this.onPowerCut();
    this.#body = new Body({ ...parts, condition: this.condition, onPowerCut }, random);
  }

  get device() {
    return this.#parts.identity.device;
  }

  get body(): Body {
    return this.#body;
  }

  get process() {
    return this.#body.process;
  }

  get line() {
    return this.#body.line;
  }

  get clock() {
    return this.#body.clock;
  }

  get connections() {
    return [...this.#body.connections, ...(this.#clone?.connections ?? [])];
  }

  get openAlerts(): readonly string[] {
    const open = this.process?.status?.openAlerts ?? [];
    return open.map(({ rule, instance, severity }) => `${rule} ${instance} ${severity}`).toSorted();
  }

  async start(): Promise<void> {
    await this.#body.start();
  }

  /** The agent is started anew, and a twin of it beside, which nobody can reach. Both are the same, memory and all. */
  async takeSnapshot(): Promise<void> {
    this.#body.kill();
    this.#snapshot?.kill();
    const twin = this.#body.copy();
    twin.line.isDown = true;
    twin.isShadow = true;
    this.#snapshot = twin;
    await Promise.all([this.#body.start(), twin.start()]);
  }

  /** From here on the twin is what was saved. */
  freezeSnapshot(): void {
    this.#snapshot?.clock.pause();
  }

  /** The machine is what it was at its snapshot, and does not know it. @returns false where there is none */
  rollBack(): boolean {
    const twin = this.#snapshot;
    if (!twin?.process) return false;
    this.isRolledBack = true;
    this.#parts.ledger.takeBack(this.device.id);
    this.#snapshot = undefined;
    this.#body.cutPower();
    this.#body = twin;
    twin.line.isDown = false;
    twin.isShadow = false;
    twin.clock.resume('thawed');
    return true;
  }

  /** Another machine with the same disk, and the same identity on it. */
  async makeClone(): Promise<void> {
    if (this.#clone) return;
    this.isCloned = true;
    this.#body.kill();
    this.#clone = this.#body.copy();
    await Promise.all([this.#body.start(), this.#clone.start()]);
  }

  /** Snapshots and clones are gone for good. */
  endTwins(): void {
    for (const twin of [this.#snapshot, this.#clone]) twin?.cutPower();
    this.#snapshot = undefined;
    this.#clone = undefined;
  }
}

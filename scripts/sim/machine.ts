// A simulated machine: what is wrong with it, and the body that is it at the moment. A snapshot is another body beside; a copy of its
// disk is another machine.

import { Body, type BodyParts } from './body.ts';
import { type Condition, alertText, healthy } from './condition.ts';
import type { Random } from './random.ts';

type Parts = Omit<BodyParts, 'condition' | 'onPowerCut'>;

export class Machine {
  readonly #parts: Parts;
  readonly condition: Condition;
  #body: Body;
  #snapshot: Body | undefined;
  /** There were two of it. */
  isCloned = false;
  /** It has been put back to a snapshot. */
  isRolledBack = false;
  /** Called when the power went while the disk was written. */
  onPowerCut: () => void = () => undefined;

  /** @param original of which it is a copy */
  constructor(parts: Parts, random: Random, original?: Machine) {
    this.#parts = parts;
    this.condition = original?.condition ?? healthy();
    const onPowerCut = () => this.onPowerCut();
    this.#body = new Body({ ...parts, condition: this.condition, onPowerCut }, random, original?.body);
    this.isCloned = original !== undefined;
  }

  /** As the server knows it, by its own account. */
  get device() {
    return this.#body.device;
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
    return this.#body.connections;
  }

  get openAlerts(): readonly string[] {
    const open = this.process?.status?.openAlerts ?? [];
    return open.map(({ rule, instance, severity }) => alertText(rule, instance, severity)).toSorted();
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

  /** Another machine with the same disk, and the same identity on it; both start. */
  async makeClone(random: Random): Promise<Machine> {
    this.isCloned = true;
    this.#body.kill();
    const clone = new Machine(this.#parts, random, this);
    await Promise.all([this.#body.start(), clone.start()]);
    return clone;
  }

  /** A snapshot that nobody goes back to any more. */
  forgetSnapshot(): void {
    this.#snapshot?.cutPower();
    this.#snapshot = undefined;
  }
}

// Services that should run. On the message bus of a machine with systemd: each minute, and at once when one changes. Where the
// bus is missing or refuses: `systemctl` in a short-lived child, each quarter of an hour, until the bus answers.
import type { Tier } from '@fettle/shared/metric/source';
import { cleanText } from '@fettle/shared/wire/bytes';

import { type Host, HostError } from '../../host/host.ts';
import { type Collector, type Moment, type Reading, available, reasonOf } from '../collector.ts';
import { inChild, slowOnes } from '../slow.ts';
import { ByBus } from './by-bus.ts';
import { notSystemd } from './init.ts';

/** Less than half a beat: a bus that does not answer must not cost the next one. */
const TIMEOUT_MS = 4_000;
/** Failures in a row until the child is asked instead. A bus that was started anew is there again after the first. */
const PATIENCE = 3;
const BUS_SOURCE = 'systemd over D-Bus';
const WHY_MAX_BYTES = 150;

export const services = (): Collector => new Services();

class Services implements Collector {
  readonly id = 'services';
  readonly provides = slowOnes.services.provides;
  readonly #child = inChild(slowOnes.services);
  readonly #bus = new ByBus(() => this.#onChange());
  /** Why the child is asked; undefined while the bus is. */
  #fallenBack: string | undefined;
  #failures = 0;
  #onChange: () => void = () => undefined;

  get tier(): Tier {
    return this.#fallenBack === undefined ? 'minute' : 'slow';
  }

  get timeoutMs(): number {
    return this.#fallenBack === undefined ? TIMEOUT_MS : this.#child.timeoutMs;
  }

  readonly probe: Collector['probe'] = async (host) => {
    const other = notSystemd(host);
    if (other) return other;
    try {
      await this.#bus.open(host);
      return available(BUS_SOURCE);
    } catch (error) {
      this.#fallBack(error);
      return available(this.#childSource());
    }
  };

  readonly collect: Collector['collect'] = (host, moment) =>
    this.#fallenBack === undefined ? this.#readBus(host, moment) : this.#readEither(host, moment);

  readonly watch: NonNullable<Collector['watch']> = (onChange) => {
    this.#onChange = onChange;
  };

  readonly close = (): void => {
    this.#onChange = () => undefined;
    this.#bus.close();
  };

  async #readBus(host: Host, moment: Moment): Promise<Reading> {
    try {
      const reading = await this.#bus.read(host, moment);
      this.#failures = 0;
      return reading;
    } catch (error) {
      this.#failures += 1;
      if (isRefused(error) || this.#failures >= PATIENCE) this.#fallBack(error);
      throw error;
    }
  }

  /** The bus may be there again. */
  async #readEither(host: Host, moment: Moment): Promise<Reading> {
    try {
      const reading = await this.#bus.read(host, moment);
      this.#fallenBack = undefined;
      return { ...reading, source: BUS_SOURCE };
    } catch (error) {
      this.#fallBack(error);
      return { ...(await this.#child.collect(host, moment)), source: this.#childSource() };
    }
  }

  #fallBack(error: unknown): void {
    this.#failures = 0;
    this.#fallenBack = reasonOf(error).detail;
  }

  #childSource(): string {
    return `systemctl, because: ${cleanText(this.#fallenBack ?? '', WHY_MAX_BYTES)}`;
  }
}

const isRefused = (error: unknown): boolean =>
  error instanceof HostError && (error.code === 'policy_blocked' || error.code === 'permission');

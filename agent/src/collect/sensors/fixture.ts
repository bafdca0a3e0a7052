// A machine with chips of sensors for the tests of this folder, and a clock that is turned by hand.
import { join } from 'node:path';

import type { Host } from '../../host/host.ts';
import type { Reading } from '../collector.ts';
import { hostAt, writeTree } from '../fixture.ts';
import { HandClock } from '../hand-clock.ts';
import { makeLink, temporaryRoot } from '../trees/fixture.ts';
import { sensors } from './sensors.ts';

export class MachineOfChips {
  readonly clock = new HandClock();
  readonly #folder = temporaryRoot();
  readonly root = this.#folder.path;

  remove(): void {
    this.#folder.remove();
  }

  write(files: Readonly<Record<string, string>>): void {
    writeTree(this.root, files);
  }

  /** A chip with these files, at a place of its own. */
  chip(number: number, name: string, files: Readonly<Record<string, string>>): void {
    const place = `../../${placeOf(number, name)}`;
    makeLink(join(this.root, `sys/class/hwmon/hwmon${number}`), place);
    for (const [file, text] of Object.entries({ name, ...files })) this.change(number, name, file, text);
  }

  /** One of its files holds this from now on. */
  change(number: number, name: string, file: string, text: string): void {
    this.write({ [`sys/${placeOf(number, name)}/${file}`]: `${text}\n` });
  }

  host(): Host {
    return hostAt(this.root, this.clock);
  }

  /** A collector on this machine, asked as often as the test likes. */
  sensors(changes: Partial<Host> = {}) {
    const host = { ...this.host(), ...changes };
    const collector = sensors();
    return {
      probe: () => collector.probe(host),
      read: () => collector.collect(host, { monoMs: this.clock.monoMs(), signal: new AbortController().signal }),
    };
  }
}

const placeOf = (number: number, name: string): string => `devices/platform/${name}.${number}/hwmon/hwmon${number}`;

/** [name, value] of each sample of a metric. */
export const of = (metric: string, { samples }: Reading) =>
  samples.flatMap((one) => (one.metric === metric ? [[one.attributes['hw.name'], Number(one.value.toFixed(3))]] : []));

export const factsOf = ({ sections = [] }: Reading) =>
  sections.flatMap(({ facts }) => facts.map(({ label, value }) => [label, value]));

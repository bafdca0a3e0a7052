// What goes wrong in a run, and when: all of it decided by the seed.
import { MINUTE_MS } from '@fettle/shared/time';

import { agentFaults } from './agent-faults.ts';
import type { Fault } from './fault.ts';
import type { Machine } from './machine.ts';
import { networkFaults } from './network-faults.ts';
import { aLine } from './network.ts';
import { serverFaults } from './server-faults.ts';
import type { Site } from './site.ts';
import { troublesOf } from './troubles.ts';

export type Plan = {
  readonly forMs: number;
  /** Everything works from here on. */
  readonly heal: () => Promise<void>;
};

/** @param onFault is told of each as it happens */
export const plan = (site: Site, onFault: (fault: string) => void): Plan => {
  const { random, world } = site;
  const forMs = random.between(15, 60) * MINUTE_MS;
  for (const machine of site.machines) troublesOf(site, machine, forMs);
  const kinds = chosen(site);
  for (let left = random.whole(3, 12); left > 0; left -= 1) {
    const [name, fault] = random.pick(kinds);
    world.after(random.between(0, forMs), () => {
      fault({ site, machine: random.pick(site.machines), tell: (detail) => onFault(`${name} ${detail}`.trim()) });
    });
  }
  return { forMs, heal: () => heal(site) };
};

/** A few kinds in each run: so that each is also met without all the others. */
const chosen = ({ random }: Site): readonly (readonly [string, Fault])[] => {
  const all = Object.entries<Fault>({ ...networkFaults, ...agentFaults, ...serverFaults });
  return [random.pick(all), ...all.filter(() => random.chance(0.35))];
};

const heal = async (site: Site): Promise<void> => {
  site.serverWallOffMs = 0;
  site.databases.setFull([]);
  if (site.server) {
    site.server.doom = undefined;
    site.server.stallMs = 0;
    site.server.isDiskFailing = false;
    site.server.olderMarks = 0;
  }
  site.startServer();
  for (const machine of site.machines) healMachine(machine);
  await site.world.run(1);
};

const healMachine = (machine: Machine): void => {
  Object.assign(machine.line, aLine());
  machine.forgetSnapshot();
  const { files, disk } = machine.body;
  files.isFull = false;
  files.onChange = () => undefined;
  disk.capacityBytes = Number.POSITIVE_INFINITY;
  disk.onOp = () => undefined;
  disk.cutAfter(Number.POSITIVE_INFINITY);
  machine.clock.resume('slept');
  machine.clock.set(0);
  void machine.start();
};

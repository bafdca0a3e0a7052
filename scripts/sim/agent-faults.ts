// What happens to a machine and the agent on it.
import { DAY_MS, HOUR_MS, MINUTE_MS } from '@fettle/shared/time';

import { UNKEEPABLE } from './databases.ts';
import type { Faults } from './fault.ts';
import type { Machine } from './machine.ts';
import type { Site } from './site.ts';

export const agentFaults: Faults = {
  'agent killed': ({ site, machine, tell }) => {
    tell(machine.device.hostname);
    machine.body.kill();
    startLater(site, machine, 3 * MINUTE_MS);
  },
  'agent killed as it writes': ({ site, machine, tell }) => {
    tell(machine.device.hostname);
    const { files, disk } = machine.body;
    let left = site.random.whole(0, 8);
    const spare = () => {
      files.onChange = () => undefined;
      disk.onOp = () => undefined;
    };
    const count = () => {
      left -= 1;
      if (left >= 0) return;
      spare();
      machine.body.kill();
      startLater(site, machine, MINUTE_MS);
    };
    files.onChange = count;
    disk.onOp = () => {
      count();
      if (left < 0) throw new Error('killed before it was done');
    };
  },
  'agent restarted': ({ site, machine, tell }) => {
    tell(machine.device.hostname);
    void machine.body.stop('stop').then(() => startLater(site, machine, MINUTE_MS));
  },
  'machine reboots': ({ site, machine, tell }) => {
    tell(machine.device.hostname);
    void machine.body.stop('reboot').then(() => startLater(site, machine, 2 * MINUTE_MS));
  },
  'power cut': ({ site, machine, tell }) => {
    tell(machine.device.hostname);
    machine.body.cutPower();
    startLater(site, machine, 5 * MINUTE_MS);
  },
  'power cut as it writes': ({ site, machine, tell }) => {
    tell(machine.device.hostname);
    machine.body.disk.cutAfter(site.random.whole(0, 12));
    machine.onPowerCut = () => {
      machine.body.cutPower();
      startLater(site, machine, 5 * MINUTE_MS);
    };
  },
  'rolled back': ({ site, machine, tell }) => {
    tell(`${machine.device.hostname} will be`);
    void machine.takeSnapshot();
    const { random, world } = site;
    world.after(random.between(0.01, 4) * MINUTE_MS, () => machine.freezeSnapshot());
    world.after(random.between(0.5, 25) * MINUTE_MS, () => {
      if (!machine.rollBack()) return;
      tell(`${machine.device.hostname} is`);
      // time to tell of other things under the same numbers, before the server can say that it has them
      machine.line.isDown = random.chance(0.5);
      world.after(random.between(1, 25) * MINUTE_MS, () => {
        machine.line.isDown = false;
      });
    });
  },
  cloned: ({ site, machine, tell }) => {
    if (machine.isCloned) return;
    tell(machine.device.hostname);
    site.clone(machine);
  },
  sleep: ({ site, machine, tell }) => {
    const forMs = site.random.between(0.1, 40) * MINUTE_MS;
    tell(`${machine.device.hostname} ${Math.round(forMs / 1000)} s`);
    machine.clock.pause();
    site.world.after(forMs, () => machine.clock.resume('slept'));
  },
  'clock set': ({ site, machine, tell }) => {
    const offMs = site.random.pick([-HOUR_MS, HOUR_MS, -40_000, 90_000, 400 * DAY_MS, -400 * DAY_MS]);
    tell(`${machine.device.hostname} by ${offMs} ms`);
    if (Math.abs(offMs) > DAY_MS) site.isCalendarWild = true;
    machine.clock.set(offMs);
  },
  'agent disk full': ({ site, machine, tell }) => {
    tell(machine.device.hostname);
    const { files, disk } = machine.body;
    files.isFull = true;
    disk.capacityBytes = disk.usedBytes + site.random.whole(0, 600);
    site.world.after(site.random.between(1, 20) * MINUTE_MS, () => {
      files.isFull = false;
      disk.capacityBytes = Number.POSITIVE_INFINITY;
    });
  },
  'agent disk fails to sync': ({ site, machine, tell }) => {
    tell(machine.device.hostname);
    const { disk } = machine.body;
    let left = site.random.whole(1, 3);
    disk.onOp = (op) => {
      if (op.do !== 'sync') return;
      left -= 1;
      if (left <= 0) disk.onOp = () => undefined;
      throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
    };
  },
  'poison record': ({ machine, tell }) => {
    tell(machine.device.hostname);
    void machine.process?.spool?.append('alerts', Buffer.from('{"kind":"nonsense","of":1}'), machine.clock.wallMs());
  },
  'unkeepable record': ({ machine, tell }) => {
    tell(machine.device.hostname);
    const at = machine.clock.wallMs();
    const what = { change: 'fire', rule: 'disk.readonly', ruleHash: 'x', instance: UNKEEPABLE, severity: 'critical' };
    const transition = { ...what, at, since: at, reason: 'threshold', evidence: [] };
    const body = JSON.stringify({ kind: 'transition', transition });
    void machine.process?.spool?.append('alerts', Buffer.from(body), at);
  },
};

const startLater = ({ random, world }: Site, machine: Machine, mostMs: number): void => {
  world.after(random.between(0, mostMs), () => void machine.start());
};

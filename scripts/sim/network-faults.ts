// What happens to the way between a machine and the server.
import { MINUTE_MS, SECOND_MS } from '@fettle/shared/time';

import type { Faults } from './fault.ts';

export const networkFaults: Faults = {
  cut: ({ machine, tell }) => {
    tell(machine.device.hostname);
    for (const connection of machine.connections) connection.cut();
  },
  'half-open': ({ machine, tell }) => {
    tell(machine.device.hostname);
    for (const connection of machine.connections) connection.swallow();
  },
  stall: ({ site, machine, tell }) => {
    const forMs = site.random.between(1, 50) * SECOND_MS;
    tell(`${machine.device.hostname} ${Math.round(forMs)} ms`);
    machine.line.stalledUntilMs = site.world.nowMs + forMs;
  },
  'line down': ({ site, machine, tell }) => {
    tell(machine.device.hostname);
    machine.line.isDown = true;
    site.world.after(site.random.between(0.1, 25) * MINUTE_MS, () => {
      machine.line.isDown = false;
    });
  },
  'slow line': ({ site, machine, tell }) => {
    tell(machine.device.hostname);
    machine.line.bytesPerMs = site.random.between(0.5, 4);
    machine.line.latencyMs = site.random.between(100, 2_000);
  },
  'turned away': ({ site, machine, tell }) => {
    tell(machine.device.hostname);
    machine.line.isTurnedAway = true;
    for (const connection of machine.connections) connection.cut();
    site.world.after(site.random.between(5, 90) * SECOND_MS, () => {
      machine.line.isTurnedAway = false;
    });
  },
};

// What happens to the server and its disk.
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '@fettle/shared/time';

import type { Faults } from './fault.ts';
import type { Doom } from './sim-server.ts';
import type { Site } from './site.ts';

const DOOMS: readonly Doom[] = ['before the group', 'between the files', 'before the answer'];

export const serverFaults: Faults = {
  'server killed': ({ site, tell }) => {
    tell('');
    site.crashServer();
    startServerLater(site);
  },
  'server killed as it writes': ({ site, tell }) => {
    const { server, random } = site;
    if (!server) return;
    server.doom = random.pick(DOOMS);
    tell(server.doom);
    server.onCrash = () => {
      site.crashServer();
      startServerLater(site);
    };
  },
  'server stalls': ({ site, tell }) => {
    tell('');
    if (site.server) site.server.stallMs = site.random.between(1, 60) * SECOND_MS;
  },
  'server disk full': ({ site, tell }) => {
    const full = site.random.pick([['metrics'], ['metrics', 'fettle']] as const);
    tell(full.join());
    site.databases.setFull(full);
    site.world.after(site.random.between(0.2, 10) * MINUTE_MS, () => site.databases.setFull([]));
  },
  'server disk fails': ({ site, tell }) => {
    tell('');
    if (!site.server) return;
    site.server.isDiskFailing = true;
    site.server.stallMs = site.random.between(0, 30) * SECOND_MS; // a dying disk tries for long
  },
  'older mark': ({ site, machine, tell }) => {
    tell(machine.device.hostname);
    if (site.server) site.server.olderMarks = site.random.whole(1, 4);
    for (const connection of machine.connections) connection.cut();
  },
  'server clock set': ({ site, tell }) => {
    site.serverWallOffMs = site.random.pick([-HOUR_MS, HOUR_MS, -30_000, 30_000]);
    tell(`by ${site.serverWallOffMs} ms`);
  },
  backup: ({ site, tell }) => {
    tell('');
    site.takeBackup();
  },
  'server restored': ({ site, tell }) => {
    const which = site.random.pick(['both', 'both', 'fettle', 'metrics'] as const);
    tell(which);
    site.restore(which);
    startServerLater(site);
  },
};

const startServerLater = (site: Site): void => {
  site.world.after(site.random.between(0.01, 3) * MINUTE_MS, () => site.startServer());
};

// The one collector that says how far the clock is off: the time service's own measure where there is one, else the server's clock.
import { anywhere } from '@fettle/shared/metric/read-by-any';
import type { Reason } from '@fettle/shared/wire/record.schema';

import type { Host } from '../../host/host.ts';
import { type Collector, type Reading, UnavailableError, available, unavailable } from '../collector.ts';
import type { ServerClock } from './server-clock.ts';

const OFFSET = 'fettle.time.offset';
const SOURCE = 'the clock of the server';
const NO_LINK = unavailable('not_on_this_os', 'it is known by the clock of the server, to the agent that runs');
const NOT_HEARD: Reason = { code: 'service_broken', detail: 'the server has not told its time yet' };

/** Where nobody asks a time service: the server's clock alone. @param server undefined where no link hears it */
export const serverOffset = (server: ServerClock | undefined): Collector => ({
  id: 'clock',
  ...anywhere.clock,
  timeoutMs: 1_000,
  probe: () => Promise.resolve(server ? available(SOURCE) : NO_LINK),
  collect: (host) => Promise.resolve(completed({ samples: [] }, offsetIn(host, server))),
});

/** @param service asks the time service */
export const orServerOffset = (service: Collector, server: ServerClock): Collector => ({
  ...service,
  collect: async (host, moment) => {
    const reading = await service.collect(host, moment).catch(withoutService);
    const isDone = reading.failed !== undefined || reading.samples.some(({ metric }) => metric === OFFSET);
    return isDone ? reading : completed(reading, offsetIn(host, server));
  },
});

/** No service is no reason to stop asking: the server may be heard until the next time. */
const withoutService = (error: unknown): Reading => {
  if (!(error instanceof UnavailableError)) throw error;
  return { samples: [], source: SOURCE, partial: [error.reason] };
};

const offsetIn = (host: Host, server: ServerClock | undefined): number | undefined =>
  server?.offsetS(host.wallMs(), host.uptimeMs());

const completed = (reading: Reading, offsetS: number | undefined): Reading =>
  offsetS === undefined
    ? { ...reading, partial: [...(reading.partial ?? []), NOT_HEARD] }
    : { ...reading, samples: [...reading.samples, { metric: OFFSET, attributes: {}, value: offsetS }] };

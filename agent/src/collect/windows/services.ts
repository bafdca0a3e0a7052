// Services that should run: what each is by WMI each half hour, and what state it is in by `sc`, each time. Without PowerShell the
// registry says what each is.
import type { Reason } from '@fettle/shared/wire/record.schema';

import { type ChildHost, HostError } from '../../host/host.ts';
import { type Collector, available, reasonOf } from '../collector.ts';
import { askWindows } from './batch.ts';
import { type ScState, joined, parseNumbers, parseSc, parseSubkeys } from './sc.parse.ts';
import { type Service, parseServices, readingOf } from './services.parse.ts';
import { windowsSlow } from './slow.ts';

/** The largest buffer that it takes: what does not fit would be left out. */
const EVERY_SERVICE = ['query', 'type=', 'service', 'state=', 'all', 'bufsize=', '262144'] as const;
const KEY = String.raw`HKLM\SYSTEM\CurrentControlSet\Services`;
/** reg.exe ends so when it has found nothing. */
const NOTHING_FOUND = 1;

export const windowsServices = (): Collector<ChildHost> => ({
  ...windowsSlow.services,
  probe: () => Promise.resolve(available('the service control manager, WMI')),
  collect: async (host) => {
    const { services, partial } = await known(host);
    const reading = readingOf(services, host.declared, host.uptimeMs());
    return { samples: reading.samples, partial: [...reading.partial, ...partial] };
  },
});

type Known = { readonly services: readonly Service[]; readonly partial: readonly Reason[] };

const known = async (host: ChildHost): Promise<Known> => {
  try {
    const services = parseServices(await askWindows(host, 'services'), await askWindows(host, 'triggers'));
    if (services.length === 0) throw new HostError('parse_error', 'WMI named no service');
    return await withStates(host, services);
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    return { services: await byRegistry(host, await statesOf(host)), partial: [reasonOf(error)] };
  }
};

/** What `sc` says is newer. */
const withStates = async (host: ChildHost, services: readonly Service[]): Promise<Known> => {
  try {
    const newer = new Map((await statesOf(host)).map((state) => [state.name.toLowerCase(), state]));
    return {
      services: services.map((service) => ({
        ...service,
        ...newer.get(service.name.toLowerCase()),
        name: service.name,
      })),
      partial: [],
    };
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    return { services, partial: [reasonOf(error)] };
  }
};

/** @throws HostError */
const statesOf = async (host: ChildHost): Promise<readonly ScState[]> => {
  const { stdout } = await host.run('sc', [...EVERY_SERVICE], { codes: [0] });
  const states = parseSc(stdout);
  if (states.length === 0) throw new HostError('parse_error', 'sc named no service');
  return states;
};

const byRegistry = async (host: ChildHost, states: readonly ScState[]): Promise<readonly Service[]> => {
  const query = async (...what: readonly string[]): Promise<string> =>
    (await host.run('reg', ['query', KEY, '/s', ...what], { codes: [0, NOTHING_FOUND] })).stdout;
  const start = parseNumbers(await query('/v', 'Start'));
  if (start.size === 0) throw new HostError('parse_error', 'reg named no service');
  const delayed = parseNumbers(await query('/v', 'DelayedAutostart'));
  return joined(states, start, delayed, parseSubkeys(await query('/k', '/e', '/f', 'TriggerInfo')));
};

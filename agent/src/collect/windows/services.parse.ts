// Services of Windows: which of them should run, and what state they are in.
import type { Sample } from '@fettle/shared/metric/sample';
import { MINUTE_MS } from '@fettle/shared/time';
import type { Reason } from '@fettle/shared/wire/record.schema';

import type { Host } from '../../host/host.ts';
import { byName } from '../by-name.ts';
import type { Reading } from '../collector.ts';
import { pick, whole, words } from '../smart/fields.parse.ts';
import type { Row } from './answer.parse.ts';

export type Service = {
  readonly name: string;
  /** The catalogue's number; undefined for a state that nobody knows. */
  readonly state: number | undefined;
  readonly isAutomatic: boolean;
  readonly isDelayed: boolean;
  /** Something starts it when it happens. */
  readonly isTriggered: boolean;
  readonly exitCode: number;
};

const STOPPED = 0;
const RUNNING = 1;
const FAILED = 4;
/** Win32_Service.State, which is English everywhere. What is paused does not serve. */
const STATES: Readonly<Record<string, number>> = {
  Stopped: STOPPED,
  Running: RUNNING,
  'Start Pending': 2,
  'Stop Pending': 3,
  'Continue Pending': 2,
  'Pause Pending': STOPPED,
  Paused: STOPPED,
};
/** ERROR_SERVICE_NEVER_STARTED of winerror.h: it did not fail. */
const NEVER_STARTED = 1077;

/** @param rows of Win32_Service. @param triggers names of those that have a subkey TriggerInfo */
export const parseServices = (rows: readonly Row[], triggers: readonly Row[]): readonly Service[] => {
  const triggered = new Set(triggers.map((row) => words(pick(row, 'Name'))?.toLowerCase()));
  return rows.flatMap((row) => {
    const name = words(pick(row, 'Name'));
    if (name === undefined) return [];
    const state = pick(row, 'State');
    return [
      {
        name,
        state: typeof state === 'string' ? STATES[state] : undefined,
        isAutomatic: pick(row, 'StartMode') === 'Auto',
        isDelayed: pick(row, 'DelayedAutoStart') === true,
        isTriggered: triggered.has(name.toLowerCase()),
        exitCode: whole(pick(row, 'ExitCode')) ?? 0,
      },
    ];
  });
};

/** After a boot: so long may those take that start by themselves, and those that Windows starts late. */
const GRACE_MS = { usual: 10 * MINUTE_MS, delayed: 15 * MINUTE_MS } as const;
const WATCHED_MAX = 500;
/** One for each user that is signed in: the name ends with the session. */
const OF_USER = /_[0-9a-f]{4,8}$/i;
/** Automatic, and at rest once they have nothing to do: updaters, licences, maps, the shell's own. */
const RESTING: ReadonlySet<string> = new Set(
  (
    'bits brokerinfrastructure cdpsvc clr_optimization_v4.0.30319_32 clr_optimization_v4.0.30319_64 dbupdate edgeupdate ' +
    'edgeupdatem gpsvc gupdate gupdatem mapsbroker remoteregistry shellhwdetection sppsvc tiledatamodelsvc ' +
    'trustedinstaller usosvc wbiosrvc wuauserv'
  ).split(' '),
);
const RESTING_BEGIN = /^(?:googleupdater|microsoftedgeelevation|brave(?:m)?$)/;

export type Names = Pick<Host['declared'], 'services.watch' | 'services.ignore'>;

/** @param uptimeMs since boot */
export const readingOf = (
  services: readonly Service[],
  names: Names,
  uptimeMs: number,
): Required<Pick<Reading, 'samples' | 'partial'>> => {
  const [declared, ignored] = [lower(names['services.watch']), lower(names['services.ignore'])];
  const isDeclared = ({ name }: Service): boolean => declared.has(name.toLowerCase());
  const watched = services
    .filter(({ name }) => !ignored.has(name.toLowerCase()))
    .filter((service) => isDeclared(service) || (startsByItself(service) && isDue(service, uptimeMs)))
    .toSorted((a, b) => Number(isDeclared(b)) - Number(isDeclared(a)) || byName(a, b));
  const taken = watched.slice(0, WATCHED_MAX);
  return {
    samples: taken.flatMap(samplesOf),
    partial: [...tooMany(watched.length - taken.length), ...missing(names['services.watch'], services)],
  };
};

const lower = (names: readonly string[]): ReadonlySet<string> => new Set(names.map((name) => name.toLowerCase()));

const startsByItself = (service: Service): boolean =>
  service.isAutomatic && !service.isTriggered && !OF_USER.test(service.name) && !isResting(service);

/** It ended of itself, and well. */
const isResting = (service: Service): boolean => {
  const name = service.name.toLowerCase();
  return valueOf(service) === STOPPED && (RESTING.has(name) || RESTING_BEGIN.test(name));
};

/** Stopped soon after a boot is not yet stopped. */
const isDue = ({ state, isDelayed }: Service, uptimeMs: number): boolean =>
  state === RUNNING || uptimeMs >= (isDelayed ? GRACE_MS.delayed : GRACE_MS.usual);

/** Stopped with an exit code is failed. */
const valueOf = ({ state, exitCode }: Service): number | undefined =>
  state === STOPPED && exitCode !== 0 && exitCode !== NEVER_STARTED ? FAILED : state;

const samplesOf = (service: Service): readonly Sample[] => {
  const value = valueOf(service);
  const attributes = { 'fettle.service.name': service.name };
  return value === undefined ? [] : [{ metric: 'fettle.service.state', attributes, value }];
};

const tooMany = (count: number): readonly Reason[] =>
  count <= 0
    ? []
    : [
        {
          code: 'service_broken',
          detail: `${count} services are not watched: ${WATCHED_MAX} are`,
          fix: 'name those that do not matter in services.ignore',
        },
      ];

/** What was declared and is not there. */
const missing = (declared: readonly string[], services: readonly Service[]): readonly Reason[] => {
  const found = lower(services.map(({ name }) => name));
  return declared
    .filter((name) => !found.has(name.toLowerCase()))
    .map((name) => ({
      code: 'tool_missing',
      detail: `there is no service ${words(name) ?? 'without a name'} on this machine`,
      fix: 'correct services.watch (the name, not what is displayed), or install the service',
    }));
};

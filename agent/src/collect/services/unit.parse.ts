// Units of systemd: which of them are services that should run, and what state they are in.
import type { Sample } from '@fettle/shared/metric/sample';
import type { Reason } from '@fettle/shared/wire/record.schema';

import type { Host } from '../../host/host.ts';
import { byName } from '../by-name.ts';
import type { Reading } from '../collector.ts';
import { sample } from '../samples.ts';

/** A service of systemd. The words are those of its properties: org.freedesktop.systemd1(5). */
export type Unit = {
  /** With its suffix, escapes as they are: "nginx.service". */
  readonly name: string;
  /** All that it is called; `name` among them. */
  readonly names: readonly string[];
  readonly activeState: string;
  readonly unitFileState: string;
  readonly type: string;
  readonly remainsAfterExit: boolean;
  /** Units that start it when the machine starts (WantedBy, RequiredBy). */
  readonly isWanted: boolean;
  /** Units that start it when something happens: sockets, timers, paths. */
  readonly isTriggered: boolean;
  readonly isConditionMet: boolean;
  /** NRestarts; undefined where it could not be read. */
  readonly restarts: number | undefined;
};

/** What the administrator declares. */
export type Names = Pick<Host['declared'], 'services.watch' | 'services.ignore'>;

export const SUFFIX = '.service';
const WATCHED_MAX = 500;
/** Names of units, systemd.unit(5): at most 255 characters, of which the suffix is 8. */
const NAME = /^[\w:.\\-][\w:.\\@-]{0,246}$/;
/** Of its file: enabled, also until the next boot only, also made by a generator from a script of System V. */
export const OWN_STATES: ReadonlySet<string> = new Set(['enabled', 'enabled-runtime', 'generated']);

/** Values of the catalogue. A unit that reloads or refreshes goes on running. */
const STATES: Readonly<Record<string, number>> = {
  active: 1,
  reloading: 1,
  refreshing: 1,
  activating: 2,
  deactivating: 3,
  failed: 4,
  inactive: 0,
  maintenance: 0,
};

/** "nginx" and "nginx.service" are the same; undefined for what is no name of a service. */
export const unitName = (text: string): string | undefined => {
  const bare = text.endsWith(SUFFIX) ? text.slice(0, -SUFFIX.length) : text;
  return NAME.test(bare) && !isTemplate(bare) ? `${bare}${SUFFIX}` : undefined;
};

/** "getty@.service" is only the pattern of services. */
export const isTemplate = (name: string): boolean => name.replace(SUFFIX, '').endsWith('@');

/** What the administrator declares, as names of units. */
export const declaredNames = (names: readonly string[]): ReadonlySet<string> =>
  new Set(names.map(unitName).filter((name) => name !== undefined));

/**
 * Would it run by itself? Enabled, wanted by something when the machine starts (one that is enabled as an alias only is started
 * by D-Bus when needed), and neither started by something that happens nor done when it has done its work.
 */
export const startsByItself = (unit: Unit): boolean =>
  OWN_STATES.has(unit.unitFileState) && unit.isWanted && !unit.isTriggered && !isTask(unit);

/** It works and ends: resting is not stopped. */
const isTask = ({ type, remainsAfterExit }: Unit): boolean => type === 'oneshot' && !remainsAfterExit;

/** @param units in any order, each once */
export const readingOf = (units: readonly Unit[], names: Names): Required<Pick<Reading, 'samples' | 'partial'>> => {
  const declared = declaredNames(names['services.watch']);
  const ignored = declaredNames(names['services.ignore']);
  const isDeclared = (unit: Unit): boolean => unit.names.some((name) => declared.has(name));
  const watched = units
    .filter((unit) => !unit.names.some((name) => ignored.has(name)))
    .filter((unit) => isDeclared(unit) || (startsByItself(unit) && unit.isConditionMet))
    .toSorted((a, b) => Number(isDeclared(b)) - Number(isDeclared(a)) || byName(a, b));
  const taken = watched.slice(0, WATCHED_MAX);
  return {
    samples: taken.flatMap(samplesOf),
    partial: [
      ...tooMany(watched.length - taken.length),
      ...taken.filter(({ activeState }) => STATES[activeState] === undefined).map(unknownState),
    ],
  };
};

const samplesOf = (unit: Unit): readonly Sample[] => {
  const state = STATES[unit.activeState];
  const isResting = isTask(unit) && state === 0;
  if (state === undefined || isResting) return [];
  const attributes = { 'fettle.service.name': unit.name.slice(0, -SUFFIX.length) };
  return [
    { metric: 'fettle.service.state', attributes, value: state },
    ...sample('fettle.service.restarts', attributes, unit.restarts),
  ];
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

const unknownState = ({ name, activeState }: Unit): Reason => ({
  code: 'parse_error',
  detail: `${name} is in a state that this agent does not know: ${activeState.slice(0, 40)}`,
});

/** What was declared and is not there. */
export const missingReasons = (names: Names, units: readonly Unit[]): readonly Reason[] => {
  const found = new Set(units.flatMap((unit) => unit.names));
  return names['services.watch'].flatMap((text): readonly Reason[] => {
    const name = unitName(text);
    if (name !== undefined && found.has(name)) return [];
    const detail = name === undefined ? `"${text}" is no name of a service` : `there is no ${name} on this machine`;
    return [{ code: 'tool_missing', detail, fix: 'correct services.watch, or install the service' }];
  });
};

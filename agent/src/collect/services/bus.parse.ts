// Answers and signals of systemd on the bus, org.freedesktop.systemd1(5), as plain values. What is not as the page says is left out.
import type { BusValue } from '../../host/host.ts';
import { SUFFIX, isTemplate } from './unit.parse.ts';

export type Listed = {
  readonly name: string;
  /** Of its object. */
  readonly path: string;
  readonly activeState: string;
  /** Not where a unit of this name is only asked for or wanted by another. */
  readonly isThere: boolean;
};

/** ListUnits…: a(ssssssouso): name, description, load state, active state, sub state, followed unit, object path, job. */
export const parseUnits = ([units]: readonly BusValue[]): readonly Listed[] =>
  rows(units).flatMap(([name, , loadState, activeState, , , path]) =>
    typeof name === 'string' && typeof activeState === 'string' && typeof path === 'string'
      ? [{ name, path, activeState, isThere: loadState !== 'not-found' }]
      : [],
  );

/** ListUnitFiles…: a(ss): path of the file, state. @returns names of services that are no templates */
export const parseUnitFiles = ([files]: readonly BusValue[]): readonly string[] =>
  rows(files).flatMap(([path]) => {
    const name = typeof path === 'string' ? path.slice(path.lastIndexOf('/') + 1) : '';
    return name.endsWith(SUFFIX) && !isTemplate(name) ? [name] : [];
  });

/** What tells one state of a unit from the next, be it ever so short. */
const TELLING: ReadonlySet<BusValue | undefined> = new Set([
  'ActiveState',
  'SubState',
  'StateChangeTimestampMonotonic',
  'ConditionTimestampMonotonic',
]);

/** PropertiesChanged: sa{sv}as: interface, what it is now, what only is no longer what it was. The same for the same state. */
export const stampOf = ([, changed]: readonly BusValue[]): string =>
  rows(changed)
    .flatMap(([key, value]) => (TELLING.has(key) ? [`${String(key)}=${String(value)}`] : []))
    .toSorted()
    .join(' ');

/** A property that is a list of names. */
export const isListed = (value: BusValue | undefined): boolean => Array.isArray(value) && value.length > 0;

const rows = (value: BusValue | undefined): readonly (readonly BusValue[])[] =>
  isList(value) ? value.filter(isList) : [];

const isList = (value: BusValue | undefined): value is readonly BusValue[] => Array.isArray(value);

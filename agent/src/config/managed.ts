// What a configuration profile sets, by the names that administrators of Macs expect. Any setting can be given by its own name too.
import type { Config } from './config.schema.ts';

const NAMES: ReadonlyMap<string, keyof Config> = new Map([
  ['ServerURL', 'server.url'],
  ['EnrollToken', 'enroll.token'],
  ['CACertFile', 'server.ca_file'],
  ['Proxy', 'proxy'],
  ['DeviceClass', 'class'],
  ['LogLevel', 'log.level'],
  ['Tags', 'tags'],
] as const);
/** What the profile says of itself, which some versions of macOS leave in: PayloadUUID, PayloadType … */
const OF_THE_PROFILE = /^Payload[A-Z]/;

/** @param json the preferences as plutil says them. @returns settings by their names; undefined for anything but a dictionary */
export const managedTree = (json: string): object | undefined => {
  const tree = parse(json);
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree)) return undefined;
  const entries = Object.entries(tree).filter(([name]) => !OF_THE_PROFILE.test(name));
  return Object.fromEntries(entries.map(([name, value]: [string, unknown]) => [NAMES.get(name) ?? name, value]));
};

const parse = (json: string): unknown => {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
};

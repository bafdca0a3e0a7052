// The health of disks, from smartctl: a scan once a day, then one disk after the other. A disk asleep is never woken.
import { MINUTE_MS } from '@fettle/shared/time';

import { type ChildHost, HostError } from '../../host/host.ts';
import {
  type Capability,
  type Collector,
  type Moment,
  type Reading,
  UnavailableError,
  available,
  unavailable,
} from '../collector.ts';
import { slowOnes } from '../slow.ts';
import { type Asking, READ_MS, askAll } from './ask.ts';
import { noDisks } from './no-disks.ts';
import { type Seen, placeOf } from './place.ts';
import { readingOf } from './reading.ts';
import { type Roll, callRoll } from './roll.ts';
import { SCAN_MS, recall, remember, scanDaily, scanNow } from './scan.ts';
import { isSkipped, targetsOf } from './targets.ts';

/** A scan so young is not repeated because of what was found since. */
const SCAN_NEW_MS = MINUTE_MS;
/** Room for the disk that is just being read, so that what was read so far is not lost. */
const LAST_BEGIN_MS = slowOnes.smart.timeoutMs - SCAN_MS - READ_MS;

export const smart = (): Collector<ChildHost> => ({ ...slowOnes.smart, probe, collect });

const probe = async (host: ChildHost): Promise<Capability> => {
  if (host.find('smartctl') === undefined)
    return unavailable('tool_missing', 'smartctl is not installed', 'install the package smartmontools');
  try {
    const targets = targetsOf(await scanDaily(host), host.declared.disk);
    const isOfUse = targets.length > 0 || (hasNone(host) && Object.keys(recall(host).disks).length > 0);
    return isOfUse ? available('smartctl') : { ok: false, reason: noDisks(host) };
  } catch (error) {
    if (error instanceof UnavailableError) return { ok: false, reason: error.reason };
    throw error;
  }
};

const collect = async (host: ChildHost, moment: Moment): Promise<Reading> => {
  const beganMs = host.uptimeMs();
  const mayBegin = (): boolean => !moment.signal.aborted && host.uptimeMs() - beganMs < LAST_BEGIN_MS;
  const targets = targetsOf(await scanDaily(host), host.declared.disk);
  const isScanned = targets.length > 0 || hasNone(host);
  const asking: Asking = { host, before: recall(host), mayBegin };
  const first: Round = { seen: await askAll(asking, targets), isScanned };
  const round = isPuzzling(asking, first.seen) ? await askAgain(asking, first) : first;
  const roll = rollOf(asking, round);
  const { scan } = recall(host);
  const disks = Object.fromEntries(roll.entries.map(({ id, known }) => [id, known]));
  remember(host, { version: 1, ...(scan && { scan }), places: roll.places, disks });
  return readingOf(roll);
};

/** `isScanned`: what there is is known as well as what was said. */
type Round = { readonly seen: readonly Seen[]; readonly isScanned: boolean };

/** The kernel has none either: those that were known are missing, not out of sight. */
const hasNone = (host: ChildHost): boolean => noDisks(host).code !== 'permission';

const rollOf = ({ host, before }: Asking, { seen, isScanned }: Round): Roll =>
  callRoll(before, seen, {
    nowMs: host.wallMs(),
    isScanned,
    isSkipped: (key) => isSkipped(key, host.declared.disk),
  });

/** A disk is not where it was, or cannot be read any more: perhaps it has another name now. */
const isPuzzling = (asking: Asking, seen: readonly Seen[]): boolean => {
  const { host, before } = asking;
  const isNew = before.scan !== undefined && Math.abs(host.wallMs() - before.scan.atMs) < SCAN_NEW_MS;
  const isNews = (one: Seen): boolean => one.answer.kind === 'closed' && placeOf(one, before)?.isStranger !== true;
  return !isNew && (seen.some(isNews) || rollOf(asking, { seen, isScanned: true }).absent > 0);
};

/** Scans anew and asks those that are new there; what the others said stands. Without a scan nobody is called missing. */
const askAgain = async (asking: Asking, { seen }: Round): Promise<Round> => {
  const { host, mayBegin } = asking;
  const found = mayBegin() ? await scanNow(host).catch(noScan) : undefined;
  if (!found || (found.length === 0 && !hasNone(host))) return { seen, isScanned: false };
  const targets = targetsOf(found, host.declared.disk);
  const keys = new Set(targets.map(({ key }) => key));
  const standing = seen.filter(({ key, answer }) => keys.has(key) && !(answer.kind === 'closed' && answer.isGone));
  const asked = new Set(standing.map(({ key }) => key));
  const rest = targets.filter(({ key }) => !asked.has(key));
  return { seen: [...standing, ...(await askAll(asking, rest))], isScanned: true };
};

/** The readings are there all the same. */
const noScan = (error: unknown): undefined => {
  if (!(error instanceof HostError || error instanceof UnavailableError)) throw error;
};

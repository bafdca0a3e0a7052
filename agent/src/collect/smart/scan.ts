// The scan for disks, once a day, and what is kept of it.
import { DAY_MS } from '@fettle/shared/time';

import { type ChildHost, HostError } from '../../host/host.ts';
import { UnavailableError } from '../collector.ts';
import { type Remembered, rememberedSchema } from './remembered.schema.ts';
import { type Scanned, parseScan } from './scan.parse.ts';

const ID = 'smart';
/** A scan opens every device in turn. */
export const SCAN_MS = 60_000;

export const SCAN_ARGUMENTS = ['--scan-open', '--json=c'] as const;

const NOTHING: Remembered = { version: 1, places: {}, disks: {} };

export const recall = (host: ChildHost): Remembered => {
  const kept = rememberedSchema.safeParse(host.memory.read(ID));
  return kept.success ? kept.data : NOTHING;
};

export const remember = (host: ChildHost, what: Remembered): void => host.memory.write(ID, what);

/** The last scan; a new one when it is a day old or found nothing. @throws as scanNow */
export const scanDaily = async (host: ChildHost): Promise<readonly Scanned[]> => {
  const { scan } = recall(host);
  const ageMs = scan ? host.wallMs() - scan.atMs : DAY_MS;
  return scan && scan.found.length > 0 && ageMs >= 0 && ageMs < DAY_MS ? scan.found : scanNow(host);
};

/** @throws UnavailableError when smartctl is of no use here, HostError when it did not answer */
export const scanNow = async (host: ChildHost): Promise<readonly Scanned[]> => {
  const { stdout } = await host.run('smartctl', SCAN_ARGUMENTS, { timeoutMs: SCAN_MS });
  const found = parseScan(stdout);
  if ('code' in found) {
    if (found.code === 'tool_too_old' || found.code === 'permission') throw new UnavailableError(found);
    throw new HostError(found.code, found.detail, found.fix);
  }
  remember(host, { ...recall(host), scan: { atMs: host.wallMs(), found: [...found] } });
  return found;
};

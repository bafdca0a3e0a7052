// Is the clock kept, and how far is it off? chrony knows both; systemd knows whether the kernel takes the clock for kept, and how
// far it was off where it keeps it itself.
import type { Reason } from '@fettle/shared/wire/record.schema';

import { type ChildHost, HostError } from '../../host/host.ts';
import { fileStat } from '../child-files.ts';
import {
  type Capability,
  type Collector,
  type Reading,
  UnavailableError,
  available,
  unavailable,
} from '../collector.ts';
import { understood } from '../output.ts';
import { parseProperties } from '../properties.parse.ts';
import { sample } from '../samples.ts';
import { slowOnes } from '../slow.ts';
import { type Tracking, parseTracking } from './chrony.parse.ts';
import { parseTimesyncOffset } from './timesync.parse.ts';

/** systemd-timesyncd makes it when it has set the clock after a boot (systemd-timesyncd.service(8)). */
const TIMESYNC_FILE = '/run/systemd/timesync/synchronized';
const ASK_MS = 8_000;

export const clock = (): Collector<ChildHost> => ({ ...slowOnes.clock, probe, collect });

const NOBODY = unavailable(
  'tool_missing',
  'nothing here says whether the clock is kept: neither chrony nor systemd',
  'install chrony, or enable systemd-timesyncd',
);

const probe = (host: ChildHost): Promise<Capability> => {
  const sources = (['chronyc', 'timedatectl'] as const).filter((program) => host.find(program) !== undefined);
  return Promise.resolve(sources.length > 0 ? available(sources.join(', ')) : NOBODY);
};

const collect = async (host: ChildHost): Promise<Reading> => {
  const partial: Reason[] = [];
  for (const ask of [askChrony, askSystemd]) {
    const found = await ask(host).catch((error: unknown) => note(partial, error));
    if (found) return readingOf(found);
  }
  if (await fileStat(host, TIMESYNC_FILE)) return readingOf({ isSynchronized: true, source: TIMESYNC_FILE });
  throw new UnavailableError({
    code: partial[0]?.code ?? 'tool_missing',
    detail: partial.map(({ detail }) => detail).join('; '),
    fix: 'install and start chrony, or enable systemd-timesyncd; in a container the clock is its host’s business',
  });
};

type Found = Tracking & { readonly source: string };

const note = (partial: Reason[], error: unknown): undefined => {
  if (!(error instanceof HostError)) throw error;
  partial.push({ code: error.code, detail: error.message });
};

const askChrony = async (host: ChildHost): Promise<Found> => {
  const { stdout } = await host.run('chronyc', ['-c', '-n', 'tracking'], { timeoutMs: ASK_MS, codes: [0] });
  return { ...understood('chronyc', parseTracking(stdout)), source: 'chronyc' };
};

const askSystemd = async (host: ChildHost): Promise<Found> => {
  const { stdout } = await host.run('timedatectl', ['show'], { timeoutMs: ASK_MS, codes: [0] });
  const answer = parseProperties(stdout).get('NTPSynchronized');
  if (answer !== 'yes' && answer !== 'no')
    throw new HostError('parse_error', 'timedatectl does not say whether the clock is kept');
  const isSynchronized = answer === 'yes';
  const offsetS = isSynchronized ? await timesyncOffset(host) : undefined;
  return { isSynchronized, source: 'timedatectl', ...(offsetS !== undefined && { offsetS }) };
};

/** Only of systemd's own service: where another one keeps the clock, this fails. */
const timesyncOffset = async (host: ChildHost): Promise<number | undefined> => {
  const options = { timeoutMs: ASK_MS, codes: [0] };
  const answer = await host.run('timedatectl', ['timesync-status'], options).catch(() => undefined);
  return answer && parseTimesyncOffset(answer.stdout);
};

const readingOf = ({ isSynchronized, offsetS, source }: Found): Reading => ({
  samples: [
    { metric: 'fettle.time.synchronized', attributes: {}, value: isSynchronized ? 1 : 0 },
    ...sample('fettle.time.offset', {}, offsetS),
  ],
  ...(offsetS === undefined && { partial: [offsetMissing(isSynchronized, source)] }),
});

const offsetMissing = (isSynchronized: boolean, source: string): Reason =>
  isSynchronized
    ? {
        code: 'tool_missing',
        detail: `${source} does not say how far the clock is off`,
        fix: 'install chrony where the offset matters',
      }
    : { code: 'service_broken', detail: 'the clock is not kept, so that nobody knows how far it is off' };

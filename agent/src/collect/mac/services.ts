// The daemons that the administrator names: launchd knows of none whether it should run all the time.
import type { Sample } from '@fettle/shared/metric/sample';
import type { Reason } from '@fettle/shared/wire/record.schema';

import type { ChildHost } from '../../host/host.ts';
import { type Collector, available, reasonOf, unavailable } from '../collector.ts';
import { sample } from '../samples.ts';
import { NO_SUCH_JOB, type LaunchdJob, isLabel, parseLaunchctlPrint } from './launchctl.parse.ts';
import { macSlow } from './slow.ts';

const LABEL_MS = 5_000;
const WATCHED_MAX = 50;
/** The catalogue's numbers, by launchd's words. */
const STATES: ReadonlyMap<string, number> = new Map([
  ['running', 1],
  ['spawning', 2],
  ['spawn scheduled', 2],
  ['exiting', 3],
]);
const [STOPPED, FAILED] = [0, 4] as const;
const NONE_NAMED = unavailable(
  'not_on_this_os',
  'launchd does not say which daemons should run, and none is named',
  'name labels of LaunchDaemons in services.watch, such as com.example.daemon',
);

export const macServices = (): Collector<ChildHost> => ({
  ...macSlow.services,
  probe: (host) => Promise.resolve(watchedBy(host).length > 0 ? available('launchctl') : NONE_NAMED),
  collect: async (host, { signal }) => {
    const [samples, partial]: [Sample[], Reason[]] = [[], []];
    for (const label of watchedBy(host).slice(0, WATCHED_MAX)) {
      if (signal.aborted) break;
      const found = await lookAt(host, label);
      if ('code' in found) partial.push(found);
      else samples.push(...samplesOf(label, found));
    }
    const more = watchedBy(host).length - WATCHED_MAX;
    if (more > 0)
      partial.push({ code: 'service_broken', detail: `${more} labels are not watched: ${WATCHED_MAX} are` });
    return { samples, partial };
  },
});

const watchedBy = ({ declared }: ChildHost): readonly string[] => {
  const ignored = new Set(declared['services.ignore']);
  return [...new Set(declared['services.watch'])].filter((label) => !ignored.has(label));
};

/** What launchd says of it, or why it says nothing. */
const lookAt = async (host: ChildHost, label: string): Promise<LaunchdJob | Reason> => {
  const fix = 'correct services.watch, or install the daemon';
  if (!isLabel(label)) return { code: 'tool_missing', detail: `"${label.slice(0, 100)}" is no label of launchd`, fix };
  try {
    const { code, stdout } = await host.run('launchctl', ['print', `system/${label}`], {
      timeoutMs: LABEL_MS,
      codes: [0, NO_SUCH_JOB],
    });
    if (code === NO_SUCH_JOB) return { code: 'tool_missing', detail: `launchd has not loaded ${label}`, fix };
    return (
      parseLaunchctlPrint(stdout) ?? {
        code: 'parse_error',
        detail: `launchctl did not answer as expected about ${label}`,
      }
    );
  } catch (error) {
    return reasonOf(error);
  }
};

const samplesOf = (label: string, { state, exitCode = 0, signal, runs }: LaunchdJob): readonly Sample[] => {
  const attributes = { 'fettle.service.name': label };
  const ended = signal !== undefined || exitCode !== 0 ? FAILED : STOPPED;
  return [
    ...sample('fettle.service.state', attributes, STATES.get(state) ?? ended),
    ...sample('fettle.service.restarts', attributes, runs === undefined ? undefined : Math.max(0, runs - 1)),
  ];
};

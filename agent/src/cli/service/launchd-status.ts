// How launchd's words for a job are told.
import type { LaunchdJob } from '../../collect/mac/launchctl.parse.ts';
import type { ServiceStatus } from './service.ts';

const states: Readonly<Record<string, ServiceStatus['state']>> = {
  running: 'running',
  spawning: 'starting',
  'spawn scheduled': 'starting',
  exiting: 'stopping',
};

/** @param job undefined where launchd has not loaded it */
export const statusOf = (
  job: LaunchdJob | undefined,
  { installed, enabled }: Pick<ServiceStatus, 'installed' | 'enabled'>,
): ServiceStatus => {
  const detail = job === undefined ? '' : detailOf(job);
  return {
    manager: 'launchd',
    installed,
    enabled: installed && enabled,
    state: job === undefined ? 'stopped' : (states[job.state] ?? (hasFailed(job) ? 'failed' : 'stopped')),
    ...(job?.pid !== undefined && { pid: job.pid }),
    ...(detail !== '' && { detail }),
  };
};

const hasFailed = ({ exitCode, signal }: LaunchdJob): boolean => signal !== undefined || (exitCode ?? 0) !== 0;

const detailOf = ({ exitCode, signal, runs = 0 }: LaunchdJob): string => {
  const ended = signal ?? (exitCode === undefined || exitCode === 0 ? undefined : `code ${exitCode}`);
  return [
    ...(ended === undefined ? [] : [`the last run ended with ${ended}`]),
    ...(runs > 1 ? [`${runs} starts`] : []),
  ].join(', ');
};

/** Lines such as `"com.fettle.agent" => disabled`; macOS before 13 says `true`. */
export const isDisabled = (printed: string, label: string): boolean =>
  printed.split('\n').some((line) => {
    const [name, value] = line.split('=>').map((part) => part.trim());
    return name === `"${label}"` && (value === 'disabled' || value === 'true');
  });

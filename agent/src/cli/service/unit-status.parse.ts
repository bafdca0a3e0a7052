// What `systemctl show` says of the agent's unit: KEY=VALUE a line, systemd.unit(5) and org.freedesktop.systemd1(5).
import type { ServiceStatus } from './service.ts';
import { AGENT } from './units.ts';

const states: Readonly<Record<string, ServiceStatus['state']>> = {
  active: 'running',
  reloading: 'running',
  activating: 'starting',
  deactivating: 'stopping',
  failed: 'failed',
};

/** @param shown LoadState, ActiveState, UnitFileState, MainPID, Result, ExecMainStatus, NRestarts of it */
export const statusOf = (shown: string): ServiceStatus => {
  const of = new Map(shown.split('\n').map((line) => pairOf(line)));
  const pid = Number(of.get('MainPID') ?? 0);
  const detail = detailOf(of);
  return {
    manager: 'systemd',
    installed: of.get('LoadState') === 'loaded',
    enabled: of.get('UnitFileState') === 'enabled',
    state: states[of.get('ActiveState') ?? ''] ?? 'stopped',
    ...(pid > 0 && { pid }),
    ...(detail !== '' && { detail }),
  };
};

const pairOf = (line: string): readonly [string, string] => {
  const at = line.indexOf('=');
  return [line.slice(0, at), line.slice(at + 1)];
};

const detailOf = (of: ReadonlyMap<string, string>): string => {
  const [result = '', restarts = '0'] = [of.get('Result'), of.get('NRestarts')];
  const ended =
    result === '' || result === 'success' ? [] : [`${AGENT} ended with ${result}, code ${of.get('ExecMainStatus')}`];
  return [...ended, ...(restarts === '0' ? [] : [`${restarts} restarts`])].join(', ');
};

// `systemctl show UNIT -p …` of the service that makes a backup (org.freedesktop.systemd1(5), systemctl(1)).
import { systemdInstant } from '../instant.parse.ts';
import { parseProperties } from '../properties.parse.ts';

export const UNIT_PROPERTIES = 'LoadState,ActiveState,Result,ExecMainExitTimestamp,Unit,UnitFileState' as const;

export type UnitRun =
  /** There is no such unit, or no such answer. */
  | { readonly kind: 'unknown'; readonly why: string }
  /** A timer: what it starts is to be asked. */
  | { readonly kind: 'timer'; readonly unit: string }
  /** Not since this boot; or it is at work for the first time. */
  | { readonly kind: 'not yet' }
  | { readonly kind: 'ended'; readonly atMs: number; readonly isGood: boolean };

export const parseUnitRun = (text: string): UnitRun => {
  const found = parseProperties(text);
  const loaded = found.get('LoadState');
  if (loaded !== 'loaded')
    return {
      kind: 'unknown',
      why: loaded === 'not-found' ? 'there is no such unit' : `its state is ${loaded ?? 'not told'}`,
    };
  const unit = found.get('Unit');
  if (unit) return { kind: 'timer', unit };
  const result = found.get('Result');
  const atMs = systemdInstant(found.get('ExecMainExitTimestamp') ?? '');
  if (result === undefined) return { kind: 'unknown', why: 'systemd does not tell its result' };
  if (atMs === undefined) return { kind: 'not yet' };
  return { kind: 'ended', atMs, isGood: result === 'success' };
};

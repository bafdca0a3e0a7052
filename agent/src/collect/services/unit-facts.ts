// What a service is beside its state, as systemd tells of it on the bus.
import { type Listed, isListed } from './bus.parse.ts';
import type { Systemd } from './systemd.ts';
import type { Unit } from './unit.parse.ts';

export type Facts = Omit<Unit, 'name' | 'names' | 'activeState'>;

/** Two rounds: what is asked of all, then what the answers leave open. @returns undefined where the unit is gone meanwhile. @throws HostError */
export const factsOf = async (
  systemd: Systemd,
  { path, activeState }: Listed,
  isEnabled: boolean,
): Promise<Facts | undefined> => {
  const of = (name: string) => systemd.property(path, 'Unit', name);
  const ofService = (name: string) => systemd.property(path, 'Service', name);
  const [type, restarts, wantedBy, triggeredBy] = await Promise.all([
    ofService('Type'),
    ofService('NRestarts'),
    of('WantedBy'),
    of('TriggeredBy'),
  ]);
  if (typeof type !== 'string') return undefined;
  const [unitFileState, requiredBy, remains, condition] = await Promise.all([
    isEnabled ? 'enabled' : of('UnitFileState'),
    isListed(wantedBy) ? [] : of('RequiredBy'),
    type === 'oneshot' ? ofService('RemainAfterExit') : false,
    activeState === 'active' ? true : of('ConditionResult'), // else it would not have been started
  ]);
  return {
    unitFileState: typeof unitFileState === 'string' ? unitFileState : '',
    type,
    remainsAfterExit: remains === true,
    isWanted: isListed(wantedBy) || isListed(requiredBy),
    isTriggered: isListed(triggeredBy),
    isConditionMet: condition === true,
    restarts: typeof restarts === 'number' ? restarts : undefined,
  };
};

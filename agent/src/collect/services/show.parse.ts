// What `systemctl show` says of services: blocks of KEY=VALUE, an empty line between units (systemctl(1)). It is meant for
// programs: not localised, lists with spaces between.
import { parseProperties } from '../properties.parse.ts';
import type { Unit } from './unit.parse.ts';

export const PROPERTIES = [
  'Id',
  'Names',
  'LoadState',
  'ActiveState',
  'UnitFileState',
  'Type',
  'RemainAfterExit',
  'WantedBy',
  'RequiredBy',
  'TriggeredBy',
  'ConditionResult',
  'NRestarts',
] as const;

export type Shown = {
  readonly units: readonly Unit[];
  /** Blocks that could not be understood. */
  readonly broken: number;
};

/** Never throws. What is cut off in the middle of a line is left out with its unit. */
export const parseShow = (text: string): Shown => {
  const units = new Map<string, Unit>();
  let broken = 0;
  for (const block of blocksOf(text)) {
    const unit = unitOf(parseProperties(block));
    if (unit === 'broken') broken += 1;
    else if (unit) units.set(unit.name, unit);
  }
  return { units: [...units.values()], broken };
};

const blocksOf = (text: string): readonly string[] => {
  const blocks = text.split(/(?:\r?\n){2,}/);
  const last = text.endsWith('\n') ? '' : (blocks.pop() ?? '');
  return [...blocks, ...(last.trim() === '' ? [] : ['cut off'])].filter((block) => block.trim() !== '');
};

const unitOf = (of: ReadonlyMap<string, string>): Unit | 'broken' | undefined => {
  if (of.get('LoadState') === 'not-found') return undefined;
  const [name, activeState, type] = [of.get('Id'), of.get('ActiveState'), of.get('Type')];
  if (name === undefined || !name.endsWith('.service') || !activeState || type === undefined) return 'broken';
  const restarts = of.get('NRestarts') ?? '';
  return {
    name,
    names: [name, ...(of.get('Names') ?? '').split(' ')],
    activeState,
    unitFileState: of.get('UnitFileState') ?? '',
    type,
    remainsAfterExit: of.get('RemainAfterExit') === 'yes',
    isWanted: isListed(of.get('WantedBy')) || isListed(of.get('RequiredBy')),
    isTriggered: isListed(of.get('TriggeredBy')),
    isConditionMet: of.get('ConditionResult') === 'yes',
    restarts: /^\d{1,10}$/.test(restarts) ? Number(restarts) : undefined,
  };
};

const isListed = (list: string | undefined): boolean => list !== undefined && list.trim() !== '';

// A Linux software RAID, by the files of /sys/block/mdN/md. Their meaning: the kernel's Documentation/admin-guide/md.rst.

export type ArrayState = 'healthy' | 'rebuilding' | 'degraded' | 'failed';

export type MdFiles = {
  readonly arrayState: string;
  readonly level: string;
  readonly metadata: string;
  readonly raidDisks: string;
  /** undefined: no such file, as for levels without redundancy */
  readonly degraded: string | undefined;
  readonly syncAction: string | undefined;
  /** What dev-NAME/state says, by NAME. */
  readonly members: ReadonlyMap<string, string>;
};

export type Md = {
  readonly state: ArrayState;
  /** undefined where the level has no redundancy, so that none can be missing. */
  readonly missing: number | undefined;
  readonly level: string;
  readonly disks: number | undefined;
  readonly faulty: readonly string[];
};

const COUNT = /^\d{1,5}$/;
/** How many members each level can do without; raid1 keeps going with one, raid10 by which ones they are. */
const SPARES: ReadonlyMap<string, number> = new Map([
  ['raid4', 1],
  ['raid5', 1],
  ['raid6', 2],
]);

/** @returns undefined for what is no array: an empty slot, or a container of arrays (IMSM, DDF) */
export const parseMd = (files: MdFiles): Md | undefined => {
  const arrayState = files.arrayState.trim();
  const metadata = files.metadata.trim();
  const isContainer = metadata.startsWith('external:') && !/^external:[/-]/.test(metadata);
  if (arrayState === '' || arrayState === 'clear' || isContainer) return undefined;
  const level = files.level.trim();
  const disks = countOf(files.raidDisks);
  const missing = countOf(files.degraded);
  const faulty = membersThatAre(files, 'faulty');
  return { state: stateOf(files, { arrayState, level, disks, missing, faulty }), missing, level, disks, faulty };
};

type Facts = Omit<Md, 'state'> & { readonly arrayState: string };

/** By `degraded`: array_state stays "clean" when a member fails. */
const stateOf = (files: MdFiles, facts: Facts): ArrayState => {
  const { arrayState, missing, faulty } = facts;
  if (arrayState === 'inactive' || arrayState === 'broken') return 'failed';
  if (missing === undefined) return faulty.length > 0 ? 'failed' : 'healthy';
  if (missing > mayMiss(facts, missing)) return 'failed';
  const action = files.syncAction?.trim() ?? '';
  if (missing === 0) return MENDING.has(action) ? 'rebuilding' : 'healthy';
  const isReturning = action === 'recover' && missing <= membersThatAre(files, 'spare').length;
  return isReturning ? 'rebuilding' : 'degraded';
};

/** A check or a repair on demand is none of them: the array is whole meanwhile. */
const MENDING = new Set(['recover', 'resync', 'reshape']);

const mayMiss = ({ level, disks }: Facts, unknown: number): number => {
  if (level === 'raid1') return disks === undefined || disks === 0 ? unknown : disks - 1;
  return SPARES.get(level) ?? unknown;
};

const membersThatAre = ({ members }: MdFiles, state: string): readonly string[] =>
  [...members].flatMap(([name, states]) => (states.trim().split(',').includes(state) ? [name] : []));

const countOf = (text: string | undefined): number | undefined => {
  const word = text?.trim();
  return word !== undefined && COUNT.test(word) ? Number(word) : undefined;
};

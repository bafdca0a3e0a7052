// Which services are looked at: known by their files, as instances, or because they are declared.
import type { Systemd } from './systemd.ts';
import { type Names, OWN_STATES, declaredNames } from './unit.parse.ts';

/** Of each it must be asked what it is. */
export const CANDIDATES_MAX = 1_000;

export type Candidates = {
  readonly names: readonly string[];
  /** Those of them whose own file says that they are enabled; of others it must be asked. */
  readonly enabled: ReadonlySet<string>;
  readonly tooMany: number;
};

/** @throws HostError */
export const candidatesOf = async (systemd: Systemd, names: Names): Promise<Candidates> => {
  const enabled = new Set(await systemd.unitFiles([...OWN_STATES]));
  const instances = await systemd.loaded('*@*.service');
  const declared = declaredNames(names['services.watch']);
  const ignored = declaredNames(names['services.ignore']);
  const all = new Set([...declared, ...enabled, ...instances.map(({ name }) => name)]);
  const wanted = [...all].filter((name) => !ignored.has(name));
  return { names: wanted.slice(0, CANDIDATES_MAX), enabled, tooMany: Math.max(0, wanted.length - CANDIDATES_MAX) };
};

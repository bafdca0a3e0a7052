// Readings of devices that are gone: a restored backup can have them, and a kill between the removal of a device and that of its readings.
import type { Outcome, WriterEvent } from '../domain/event.ts';

export type OrphanParts = {
  readonly commit: (event: WriterEvent) => Promise<Outcome>;
  /** Devices that have readings and are not known. */
  readonly orphans: () => Promise<readonly string[]>;
};

export const forgetOrphans = async ({ commit, orphans }: OrphanParts): Promise<void> => {
  // they wait for another night when nothing can be read
  for (const device of await orphans().catch(() => [])) await commit({ type: 'forget device', device });
};

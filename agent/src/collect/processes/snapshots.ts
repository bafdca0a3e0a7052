// What used it, when a rule about CPU or memory fires: the first reading is taken as soon as the rule is near, and again each minute,
// so that the second can be taken in the very beat that fires, which waits for nothing. A machine that is quiet reads nothing.
import type { ProcessUse, Transition } from '@fettle/shared/alert/alert';

import type { Host } from '../../host/host.ts';
import { type ProcessTable, busiest, readProcesses } from './process-table.ts';

/** Alerts about these are told with what used most. */
export const EXPLAINED: ReadonlySet<string> = new Set(['system.cpu.utilization', 'system.memory.utilization']);

/** By CPU, and as many by memory. */
const MOST = 5;

export class Snapshots {
  readonly #host: Host;
  #before: ProcessTable | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Those that fire or are raised, with the processes. */
  explain(transitions: readonly Transition[], monoMs: number): readonly Transition[] {
    if (!transitions.some(isExplained)) return transitions;
    const processes = this.#busiest(monoMs);
    if (processes.length === 0) return transitions;
    return transitions.map((transition) => (isExplained(transition) ? { ...transition, processes } : transition));
  }

  /** @param isNear whether one may fire soon; @param everyMs how old the first reading may become */
  prepare(isNear: boolean, monoMs: number, everyMs: number): void {
    if (!isNear) this.#before = undefined;
    else if (!this.#before || monoMs - this.#before.monoMs >= everyMs) this.#before = this.#read(monoMs);
  }

  #busiest(monoMs: number): readonly ProcessUse[] {
    const now = this.#read(monoMs);
    return now ? busiest(this.#host, now, this.#before, MOST) : [];
  }

  /** undefined where there is no /proc. */
  #read(monoMs: number): ProcessTable | undefined {
    try {
      return readProcesses(this.#host, monoMs);
    } catch {
      return undefined;
    }
  }
}

const isExplained = ({ change, evidence }: Transition): boolean =>
  (change === 'fire' || change === 'raise') && evidence.some(({ metric }) => EXPLAINED.has(metric));

// What the agent tells once, in order: the records of the alerts lane. Who reads it is the server; what is told is decided elsewhere.
import type { Transition } from '@fettle/shared/alert/alert';
import type { Clock } from '@fettle/shared/time';
import type { CapabilityReport, RecordBody } from '@fettle/shared/wire/record.schema';

import { CapabilityNews } from './collect/capability-news.ts';
import type { Section } from './collect/collector.ts';
import { Sections } from './collect/sections.ts';
import type { Spool } from './spool/spool.ts';

export type RecordParts = {
  readonly spool: Spool;
  readonly clock: Clock;
  /** It is as safe as the spool makes it. */
  readonly onTransition: (transition: Transition) => void;
};

export class Records {
  readonly #parts: RecordParts;
  readonly #capabilities = new CapabilityNews();
  readonly #sections = new Sections();

  constructor(parts: RecordParts) {
    this.#parts = parts;
  }

  async tell(body: RecordBody): Promise<void> {
    const { spool, clock } = this.#parts;
    await spool.append('alerts', Buffer.from(JSON.stringify(body)), clock.wallMs());
  }

  async tellTransitions(transitions: readonly Transition[]): Promise<void> {
    await Promise.all(
      transitions.map(async (transition) => {
        await this.tell({ kind: 'transition', transition: plain(transition) });
        this.#parts.onTransition(transition);
      }),
    );
  }

  /** Those that are other than before. */
  async tellSections(sections: readonly Section[], at: number): Promise<void> {
    for (const changed of this.#sections.changed(sections)) {
      await this.tell({ kind: 'inventory', at, sections: [...changed] });
    }
  }

  /** When it changed, and now and then. */
  async tellCapabilities(collectors: CapabilityReport['collectors'], at: number): Promise<void> {
    const isNews = this.#capabilities.isNews(collectors, this.#parts.clock.monoMs());
    if (isNews) await this.tell({ kind: 'capabilities', at, collectors });
  }
}

const plain = ({ evidence, processes, ...transition }: Transition) => ({
  ...transition,
  evidence: [...evidence],
  ...(processes && { processes: [...processes] }),
});

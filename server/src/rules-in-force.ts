// The rules of the whole fleet as the main thread knows them: read again when they have changed, also by the command line beside it.
import { pack } from '@fettle/shared/rule/pack';
import { SECOND_MS } from '@fettle/shared/time';
import type { FastifyBaseLogger } from 'fastify';

import { SYSTEM } from './domain/actor.ts';
import type { RuleBook } from './domain/rule-book.ts';
import { standingOf } from './domain/rules/override.ts';
import { RuleShelf } from './domain/rules/shelf.ts';
import type { Ask } from './store/questions.ts';

const LOOK_MS = 2 * SECOND_MS;

type Parts = {
  readonly ask: Ask;
  readonly book: RuleBook;
  readonly log: Pick<FastifyBaseLogger, 'warn'>;
  /** The device itself, or the one whose agent looks at it. */
  readonly judgeOf: (id: string) => Parameters<typeof standingOf>[0] | undefined;
  /** Other rules are in force. */
  readonly onChange: () => void;
};

export class RulesInForce {
  readonly #parts: Parts;
  #generation = 0;
  #shelf: RuleShelf;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#shelf = new RuleShelf(parts.book, pack, []);
  }

  get shelf(): RuleShelf {
    return this.#shelf;
  }

  /** What a device is judged by; what has no agent by that of the one that looks at it. */
  readonly bookFor = (id: string): RuleBook => {
    const device = this.#parts.judgeOf(id);
    return device ? this.#shelf.bookFor(standingOf(device)) : this.#parts.book;
  };

  async start(): Promise<void> {
    await this.look();
    this.#timer = setInterval(() => {
      this.look().catch((err: unknown) => this.#parts.log.warn({ err }, 'changes of rules are not seen at the moment'));
    }, LOOK_MS);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Are they others than before? The generation is read first: what changes in between is found by the next look. */
  async look(): Promise<void> {
    const { ask, book, onChange } = this.#parts;
    const generation = await ask('rule generation', SYSTEM, {});
    if (generation === this.#generation) return;
    this.#shelf = new RuleShelf(book, pack, await ask('rule overrides', SYSTEM, {}));
    this.#generation = generation;
    onChange();
  }
}

// Changes of rules: all of them or none, checked against what stands on the disk at that moment.
import { pack } from '@fettle/shared/rule/pack';

import { mayChange } from '../domain/actor.ts';
import type { AdminEvent, Outcome } from '../domain/event.ts';
import type { RuleBook } from '../domain/rule-book.ts';
import { differences } from '../domain/rules/merge.ts';
import { type RuleChange, type Standing, changed } from '../domain/rules/override.ts';
import { RuleShelf } from '../domain/rules/shelf.ts';
import { problemText, problemsOf } from '../domain/rules/validate.ts';
import type { FettleStore } from '../store/fettle.ts';
import { standingAt } from '../store/rule-places.ts';
import { DONE, type WriteContext, audit, refused } from './context.ts';

type ChangeRules = AdminEvent & { readonly type: 'change rules' };

export const applyRuleChanges = (event: ChangeRules, context: WriteContext): Outcome => {
  const { store, book, nowMs } = context;
  const { actor, changes } = event;
  const missing = changes.find((change) => !mayChange(actor, change.tenant) || !isThere(change, store));
  if (missing) return refused('not_found', `There is no ${missing.level} "${missing.place}" whose rules could change.`);
  const late = changes.find((change) => store.rules.versionOf(change) !== change.version);
  if (late) {
    const { rule, level, place } = late;
    const now = store.rules.versionOf(late);
    return refused(
      'version_conflict',
      `${rule} at ${level} ${place} has changed meanwhile (version ${now}). Look again before you change it.`,
    );
  }
  const overrides = changed(store.rules.all(), changes, { author: actor.name, atMs: nowMs });
  const [problem] = problemsOf(
    new RuleShelf(book, pack, overrides),
    changes,
    (spot) => standingAt(spot, store) ?? nowhereIn(spot),
  );
  if (problem) return refused('rule_invalid', problemText(problem));
  for (const change of changes) keep(change, event, context);
  return DONE;
};

/** What is taken back may be of a place that is gone. */
const isThere = (change: RuleChange, store: FettleStore): boolean =>
  change.document === null ? store.tenants.has(change.tenant) : standingAt(change, store) !== undefined;

/** What a place that is gone has is still checked. */
const nowhereIn = ({ tenant }: Pick<RuleChange, 'tenant'>): Standing => ({ tenant, site: '', tags: [], device: '' });

const keep = (change: RuleChange, { actor }: ChangeRules, context: WriteContext): void => {
  const { store, nowMs } = context;
  const { tenant, level, place, rule, document } = change;
  const before = store.rules.documentOf(change);
  const version = store.rules.nextVersion(change);
  store.rules.put({ tenant, level, place, rule, version, document, author: actor.name, atMs: nowMs });
  audit(context, {
    actor,
    tenant,
    action: document === null ? 'rule.restore' : 'rule.change',
    subject: rule,
    detail: { level, place, version, changes: differences(before, document ?? {}) },
  });
};

/** The rules of each device, as they are on the disk: read again when they have changed, by whomever. */
export class KeptShelf {
  readonly #store: Pick<FettleStore, 'rules'>;
  readonly #book: RuleBook;
  #generation = 0;
  #shelf: RuleShelf;

  constructor(store: Pick<FettleStore, 'rules'>, book: RuleBook) {
    this.#store = store;
    this.#book = book;
    this.#shelf = new RuleShelf(book, pack, []);
  }

  /** What was read may not be on the disk: a group was rolled back, and the next change takes its number. */
  forget(): void {
    this.#shelf = new RuleShelf(this.#book, pack, []);
    this.#generation = 0;
  }

  bookFor(standing: Standing): RuleBook {
    const generation = this.#store.rules.generation();
    if (generation !== this.#generation) {
      this.#shelf = new RuleShelf(this.#book, pack, this.#store.rules.all());
      this.#generation = generation;
    }
    return this.#shelf.bookFor(standing);
  }
}

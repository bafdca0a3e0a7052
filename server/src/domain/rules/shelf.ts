// The rules of every device. Devices that the same overrides reach share one book: ten thousand without any of their own have one.
import type { Rule } from '@fettle/shared/rule/rule';

import { type RuleBook, atPace, bookOf } from '../rule-book.ts';
import { type Effective, effectiveOf } from './effective.ts';
import { type Level, type Override, type RuleChange, type Standing, changed, levels } from './override.ts';

/** Beyond so many different sets the oldest are worked out anew when they are asked for. */
const BOOKS_MAX = 20_000;

type Layer = { readonly key: string; readonly overrides: ReadonlyMap<string, Override> };

const layerKey = (tenant: string, level: Level, place: string): string => JSON.stringify([tenant, level, place]);

export class RuleShelf {
  readonly overrides: readonly Override[];
  readonly #pack: RuleBook;
  readonly #rules: ReadonlyMap<string, Rule>;
  readonly #layers: ReadonlyMap<string, Layer>;
  readonly #books = new Map<string, RuleBook>();

  /** @param pack at the server's pace; @param rules of the pack as they are written */
  constructor(pack: RuleBook, rules: readonly Rule[], overrides: readonly Override[]) {
    this.#pack = pack;
    this.#rules = new Map(rules.map((rule) => [rule.id, rule]));
    this.overrides = overrides;
    const layers = Map.groupBy(overrides, ({ tenant, level, place }) => layerKey(tenant, level, place));
    this.#layers = new Map(
      [...layers].map(([key, all]) => [key, { key, overrides: new Map(all.map((one) => [one.rule, one])) }]),
    );
  }

  /** What a device's agent judges by, and its alerts and tickets are treated by: the same object for the same set. */
  bookFor(standing: Standing): RuleBook {
    if (this.#layers.size === 0) return this.#pack;
    const layers = this.#layersOf(standing);
    if (layers.length === 0) return this.#pack;
    const key = layers.map((layer) => layer.key).join('\n');
    const known = this.#books.get(key);
    if (known) return known;
    const book = this.#bind(layers);
    if (this.#books.size >= BOOKS_MAX) this.#books.delete(this.#books.keys().next().value ?? '');
    this.#books.set(key, book);
    return book;
  }

  /** In the words of whoever wrote it, whatever the pace. */
  effective(id: string, standing: Standing): Effective {
    const layers = this.#layersOf(standing).flatMap(({ overrides }) => overrides.get(id) ?? []);
    return effectiveOf(this.#rules.get(id), layers);
  }

  /** Of the pack, and those that some override makes. */
  ids(tenants: (tenant: string) => boolean): readonly string[] {
    const own = this.overrides.filter(({ tenant }) => tenants(tenant)).map(({ rule }) => rule);
    return [...new Set([...this.#rules.keys(), ...own])];
  }

  /** As it would be after changes. */
  with(changes: readonly RuleChange[], by: { readonly author: string; readonly atMs: number }): RuleShelf {
    return new RuleShelf(this.#pack, [...this.#rules.values()], changed(this.overrides, changes, by));
  }

  /** Rules that are not of the pack, once for each tenant, as they are where they are made. */
  own(sees: (tenant: string) => boolean): readonly { readonly tenant: string; readonly rule: Rule }[] {
    const made = this.overrides.filter(({ tenant, rule, document }) => {
      return sees(tenant) && !this.isOfPack(rule) && document['kind'] !== undefined;
    });
    const byRule = Map.groupBy(made, ({ tenant, rule }) => JSON.stringify([tenant, rule]));
    return [...byRule.values()].flatMap((all) => {
      const [first] = all.toSorted((one, other) => levels.indexOf(one.level) - levels.indexOf(other.level));
      const rule = first && effectiveOf(undefined, [first]).rule;
      return first && rule ? [{ tenant: first.tenant, rule: atPace(rule, this.#pack.pace) }] : [];
    });
  }

  isOfPack(id: string): boolean {
    return this.#rules.has(id);
  }

  #layersOf({ tenant, site, tags, device }: Standing): readonly Layer[] {
    const keys = [
      layerKey(tenant, 'tenant', tenant),
      layerKey(tenant, 'site', site),
      ...tags.toSorted().map((tag) => layerKey(tenant, 'tag', tag)),
      layerKey(tenant, 'device', device),
    ];
    return keys.flatMap((key) => this.#layers.get(key) ?? []);
  }

  #bind(layers: readonly Layer[]): RuleBook {
    const touched = new Set(layers.flatMap(({ overrides }) => [...overrides.keys()]));
    const disabled = new Set<string>();
    const others = new Map<string, Rule>();
    for (const id of touched) {
      const found = effectiveOf(
        this.#rules.get(id),
        layers.flatMap(({ overrides }) => overrides.get(id) ?? []),
      );
      if (found.rule) others.set(id, atPace(found.rule, this.#pack.pace));
      if (found.isDisabled) disabled.add(id);
    }
    const ofPack = [...this.#pack.byId.values()].map((rule) => others.get(rule.id) ?? rule);
    const own = [...others.values()].filter(({ id }) => !this.#rules.has(id));
    return bookOf([...ofPack, ...own], disabled, this.#pack.pace);
  }
}

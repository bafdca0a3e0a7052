// How often each rule has seen all there is to see, since the start: before that, what it does not find says nothing.

export class CompleteReadings {
  readonly #bySource = new Map<string, Map<string, number>>();

  note(rule: string, source: string): void {
    const counts = this.#bySource.get(rule) ?? new Map<string, number>();
    this.#bySource.set(rule, counts.set(source, (counts.get(source) ?? 0) + 1));
  }

  has(rule: string): boolean {
    return this.#bySource.has(rule);
  }

  /** Of a rule that several collectors read for, the one that read least. */
  get byRule(): ReadonlyMap<string, number> {
    return new Map([...this.#bySource].map(([rule, counts]) => [rule, Math.min(...counts.values())]));
  }
}

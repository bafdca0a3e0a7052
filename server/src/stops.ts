// What was started, to be stopped in reverse. Safe to run twice, and before everything has started.

export class Stops {
  readonly #stops: (() => unknown)[] = [];
  #running: Promise<void> | undefined;

  add(stop: () => unknown): void {
    this.#stops.push(stop);
  }

  run(): Promise<void> {
    this.#running ??= this.#runAll();
    return this.#running;
  }

  async #runAll(): Promise<void> {
    const failures: unknown[] = [];
    for (let stop = this.#stops.pop(); stop; stop = this.#stops.pop()) {
      try {
        await stop();
      } catch (error) {
        failures.push(error); // what is below it must be stopped all the same
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}

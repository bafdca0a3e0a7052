// The small files of a simulated agent (state, rules): replaced whole. Its spool has a disk of its own.
import type { Fs } from '@fettle/agent/host/fs';

export class AgentFiles {
  readonly #files: Map<string, string>;
  isFull = false;
  /** Called before each change; may kill who makes it. */
  onChange: () => void = () => undefined;

  constructor(files: ReadonlyMap<string, string> = new Map()) {
    this.#files = new Map(files);
  }

  copy(): AgentFiles {
    return new AgentFiles(this.#files);
  }

  /** As one process sees it: when it is dead, nothing that it began is ever done. */
  fsOf(isAlive: () => boolean): Fs {
    const change = (apply: () => void): Promise<void> => {
      if (isAlive()) this.onChange();
      if (!isAlive()) return never();
      if (this.isFull) return Promise.reject(Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' }));
      apply();
      return Promise.resolve();
    };
    const replace = (path: string, content: string) => change(() => this.#files.set(path, content));
    return {
      read: (path) => (isAlive() ? Promise.resolve(this.#files.get(path)) : never()),
      replace,
      replaceLoosely: replace,
      remove: (path) => change(() => this.#files.delete(path)),
    };
  }
}

const never = <T>(): Promise<T> => Promise.withResolvers<T>().promise;

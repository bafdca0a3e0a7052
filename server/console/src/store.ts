// A value that parts of the page can watch.

export type Store<T> = {
  readonly get: () => T;
  readonly set: (value: T) => void;
  readonly subscribe: (run: () => void) => () => void;
};

export const createStore = <T>(initial: T): Store<T> => {
  let current = initial;
  const watchers = new Set<() => void>();
  return {
    get: () => current,
    set: (value) => {
      if (Object.is(value, current)) return;
      current = value;
      for (const run of watchers) run();
    },
    subscribe: (run) => {
      watchers.add(run);
      return () => watchers.delete(run);
    },
  };
};

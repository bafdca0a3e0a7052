// Files that nobody keeps: for machines that are played, whose time may go faster than any disk.
import type { Fs } from './fs.ts';

export const memoryFs = (): Fs => {
  const files = new Map<string, string>();
  const write = (path: string, content: string) => Promise.resolve(void files.set(path, content));
  return {
    read: (path) => Promise.resolve(files.get(path)),
    replace: write,
    replaceLoosely: write,
    remove: (path) => Promise.resolve(void files.delete(path)),
  };
};

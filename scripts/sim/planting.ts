// Plants a bug into a module as it is loaded, by replacing a piece of its text. The file on the disk stays as it is.
import { registerHooks } from 'node:module';

import { type Change, mutants } from './mutant-list.ts';

/** @param id of the list. @throws Error while a module is loaded, when the text that should be replaced is not in it exactly once */
export const plant = (id: string): { readonly isDone: () => boolean } => {
  const mutant = mutants.find((candidate) => candidate.id === id);
  if (!mutant) throw new Error(`there is no mutant "${id}"`);
  const left = new Map([mutant, mutant.also].flatMap((change) => (change ? [[urlOf(change), change] as const] : [])));
  registerHooks({
    load: (loaded, context, next) => {
      const module = next(loaded, context);
      const change = left.get(loaded);
      if (!change) return module;
      const source = textOf(module.source);
      if (source.split(change.from).length !== 2) throw new Error(`${change.file} does not have once: ${change.from}`);
      left.delete(loaded);
      return { ...module, source: source.replace(change.from, () => change.to) };
    },
  });
  return { isDone: () => left.size === 0 };
};

const urlOf = ({ file }: Change): string => new URL(`../../${file}`, import.meta.url).href;

const textOf = (source: string | ArrayBuffer | NodeJS.TypedArray | null | undefined): string => {
  if (typeof source === 'string') return source;
  return source ? new TextDecoder().decode(source) : '';
};

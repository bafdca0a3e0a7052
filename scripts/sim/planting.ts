// Plants a bug into a module as it is loaded, by replacing a piece of its text. The file on the disk stays as it is.
import { registerHooks } from 'node:module';

import { mutants } from './mutant-list.ts';

/** @param id of the list. @throws Error while a module is loaded, when the text that should be replaced is not in it exactly once */
export const plant = (id: string): { readonly isDone: () => boolean } => {
  const mutant = mutants.find((candidate) => candidate.id === id);
  if (!mutant) throw new Error(`there is no mutant "${id}"`);
  const { file, from, to } = mutant;
  const url = new URL(`../../${file}`, import.meta.url).href;
  let isDone = false;
  registerHooks({
    load: (loaded, context, next) => {
      const module = next(loaded, context);
      if (loaded !== url || isDone) return module;
      const source = textOf(module.source);
      if (source.split(from).length !== 2) throw new Error(`${file} does not have once: ${from}`);
      isDone = true;
      return { ...module, source: source.replace(from, () => to) };
    },
  });
  return { isDone: () => isDone };
};

const textOf = (source: string | ArrayBuffer | NodeJS.TypedArray | null | undefined): string => {
  if (typeof source === 'string') return source;
  return source ? new TextDecoder().decode(source) : '';
};

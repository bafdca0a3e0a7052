// Whose work is in the bundle: the packages that esbuild took files from, and the licences that they ask to be handed on.
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

import { z } from 'zod';

const manifestSchema = z.object({
  name: z.string(),
  version: z.string(),
  license: z.string().optional(),
});

export type Part = {
  readonly name: string;
  readonly version: string;
  /** As SPDX spells it. */
  readonly license: string;
  readonly text: string;
};

/** @param files absolute paths of what went into a bundle. @returns one per package, by name */
export const partsOf = (files: readonly string[]): readonly Part[] => {
  const folders = new Set(files.filter((file) => file.includes(`${sep}node_modules${sep}`)).map(packageFolder));
  const parts = [...folders].map(partIn);
  return parts.toSorted((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1));
};

/** The nearest folder above with a name and a version: some packages have further package.json for their module format. */
const packageFolder = (file: string): string => {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    if (readManifest(folder)) return folder;
  }
  throw new Error(`${file} belongs to no package.`);
};

const readManifest = (folder: string): z.infer<typeof manifestSchema> | undefined => {
  try {
    return manifestSchema.safeParse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))).data;
  } catch {
    return undefined;
  }
};

const partIn = (folder: string): Part => {
  const manifest = readManifest(folder);
  const file = readdirSync(folder).find((name) => /^licen[cs]e(\.|-|$)/i.test(name));
  if (!manifest?.license) throw new Error(`${folder} does not say its licence: it cannot be shipped.`);
  const { name, version, license } = manifest;
  const text = file === undefined ? `Licence: ${license}\n` : readFileSync(join(folder, file), 'utf8');
  return { name, version, license, text };
};

/** For people: what lies beside the program. */
export const noticesOf = (parts: readonly Part[]): string =>
  [
    'The agent contains these packages, under their own licences:',
    ...parts.map(
      ({ name, version, license, text }) => `${'-'.repeat(78)}\n${name} ${version} (${license})\n\n${text.trim()}`,
    ),
    '',
  ].join('\n\n');

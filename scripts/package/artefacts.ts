// What was made: its size and its hash, and the list of hashes that lies beside.
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { sha256Of } from './sha256.ts';

export type Artefact = { readonly name: string; readonly sizeBytes: number; readonly sha256: string };

export const artefactOf = async (file: string): Promise<Artefact> => ({
  name: basename(file),
  sizeBytes: statSync(file).size,
  sha256: await sha256Of(file),
});

const SUMS = 'SHA256SUMS';

/** Of all that lies there, so that packages made one by one end in one list; as `sha256sum --check` reads it. */
export const writeSums = async (folder: string): Promise<void> => {
  const names = readdirSync(folder).filter((name) => name.startsWith('fettle-'));
  const artefacts = await Promise.all(names.toSorted().map((name) => artefactOf(join(folder, name))));
  const lines = artefacts.map(({ sha256, name }) => `${sha256}  ${name}\n`);
  writeFileSync(join(folder, SUMS), lines.join(''));
};

export const lineOf = ({ name, sizeBytes, sha256 }: Artefact): string =>
  `${name.padEnd(44)} ${(sizeBytes / 1e6).toFixed(1).padStart(6)} MB  ${sha256}`;

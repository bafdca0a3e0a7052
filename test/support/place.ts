import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The repository. */
export const root = dirname(dirname(import.meta.dirname));

/** A folder of its own, and what removes it. */
export const temporaryFolder = (): { readonly path: string; readonly remove: () => void } => {
  const path = mkdtempSync(join(tmpdir(), 'fettle-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};

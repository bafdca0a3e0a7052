// Trees of /sys and /proc as text archives: a line "Path:", then "SymlinkTo:" or "Lines:" with as many lines. The format is that of
// prometheus' ttar, so that node_exporter's recordings can be read; names with colons and links survive any checkout in it.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A folder to be the root of a machine, and what removes it. */
export const temporaryRoot = () => {
  const path = mkdtempSync(join(tmpdir(), 'fettle-tree-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};

/** Makes the files and links of an archive below `root`. @param wanted of which paths: a large one takes seconds */
export const unpackTree = (root: string, archive: string, wanted = /^/): void => {
  const lines = archive.split('\n');
  let path = '';
  let isWanted = true;
  for (let at = 0; at < lines.length; at += 1) {
    const [, key = '', value = ''] = /^(Path|SymlinkTo|Lines): (.*)$/.exec(lines[at] ?? '') ?? [];
    if (key === 'Path') {
      path = join(root, value);
      isWanted = wanted.test(value);
    }
    if (key === 'SymlinkTo' && isWanted) makeLink(path, value);
    if (key === 'Lines') {
      const text = lines.slice(at + 1, at + 1 + Number(value)).map((line) => `${line}\n`);
      at += Number(value);
      if (!isWanted) continue;
      mkdirSync(dirname(path), { recursive: true });
      // "EOF" stands for: no line break here
      writeFileSync(
        path,
        text
          .join('')
          .replaceAll('NULLBYTE', '\0')
          .replace(/EOF\n$/, ''),
      );
    }
  }
};

export const makeLink = (path: string, target: string): void => {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
};

/** An archive of agent/fixtures/linux/sysfs. */
export const sysfs = (machine: string): string =>
  readFileSync(new URL(`../../../fixtures/linux/sysfs/${machine}.ttar`, import.meta.url), 'utf8');

const others = fileURLToPath(new URL('../../../../../shared/fixtures/node_exporter/sys.ttar', import.meta.url));

/** node_exporter's tree; for describe.skipIf, and what to add to the name. */
export const nodeExporter = {
  skip: !existsSync(others),
  why: existsSync(others) ? '' : ' [skipped: the folder of fixtures is not there]',
  archive: () => readFileSync(others, 'utf8'),
};

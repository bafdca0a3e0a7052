// The installer of Windows, by wixl and msibuild: silent, per machine, the same bytes from the same files.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import type { Job } from '../job.ts';
import { sha256Of } from '../sha256.ts';
import { windowsTarget } from '../targets.ts';
import { type Tool, runTool } from '../tools.ts';
import { type Entry, fileEntry, writeTree } from '../tree.ts';
import { compileHost, hostTools } from './host.ts';
import { withFixedTimes } from './summary-times.ts';
import { idOf } from './uuid.ts';
import { TOKEN, TOKEN_ROW, UPGRADE_CODE, properties, wxsOf } from './wxs.ts';

const WIXL: Tool = { program: 'wixl', debian: 'wixl' };
const MSIBUILD: Tool = { program: 'msibuild', debian: 'msitools' };
export const msiTools: readonly Tool[] = [...hostTools, WIXL, MSIBUILD];

export const agentMsi: Job = {
  name: 'agent-msi',
  target: windowsTarget,
  needs: msiTools,
  make: async ({ version, epochS, work, out, agent }) => {
    const file = join(out, `fettle-agent-${version}-x64.msi`);
    const host = fileEntry('fettle-agent.exe', await compileHost(work, version));
    await buildMsi({ entries: [host, ...(await agent(windowsTarget))], version, epochS, work, file });
    return file;
  },
};

export type MsiOrder = {
  /** Of an installation, with fettle-agent.exe, relative to its folder. */
  readonly entries: readonly Entry[];
  /** "1.2.3": Windows Installer compares the three numbers, of at most 255, 255 and 65535. */
  readonly version: string;
  readonly epochS: number;
  /** A folder for what is in between. */
  readonly work: string;
  /** To be written. */
  readonly file: string;
};

/** @throws Error with what a tool said */
export const buildMsi = async ({ entries, version, epochS, work, file }: MsiOrder): Promise<void> => {
  const [tree, source, locks] = [join(work, 'tree'), join(work, 'agent.wxs'), join(work, 'locks.idt')];
  const sorted = entries.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  writeTree(tree, sorted, epochS);
  const text = wxsOf(version, sorted, basename(tree));
  writeFileSync(source, text);
  await runTool(WIXL, ['-a', 'x64', '-o', file, basename(source)], { cwd: work });
  for (const query of EDITS) await runTool(MSIBUILD, [file, '-q', query]);
  writeFileSync(locks, LOCKS);
  await runTool(MSIBUILD, [file, '-i', locks]);
  const packageCode = idOf(UPGRADE_CODE, await contentOf(sorted, tree, text));
  await runTool(MSIBUILD, [file, '-s', 'Fettle agent', 'Fettle', 'x64;1033', packageCode]);
  writeFileSync(file, withFixedTimes(readFileSync(file), epochS));
};

/** What wixl cannot say. */
const EDITS = [
  // these alone may be given to the part of the installation that runs as the system
  `UPDATE Property SET Value='${['WIX_UPGRADE_DETECTED', 'WIX_DOWNGRADE_DETECTED', TOKEN, ...properties.map(({ name }) => name)].join(';')}' WHERE Property='SecureCustomProperties'`,
  // within the transaction: when the new version fails, the old one is put back
  `UPDATE InstallExecuteSequence SET Sequence=1501 WHERE Action='RemoveExistingProducts'`,
];

/** The token's key is for SYSTEM and administrators: what else lies in HKLM\Software can be read by every user. */
const LOCKS = [
  'MsiLockPermissionsEx\tLockObject\tTable\tSDDLText\tCondition',
  's72\ts72\ts32\ts0\tS255',
  'MsiLockPermissionsEx\tMsiLockPermissionsEx',
  `TokenLock\t${TOKEN_ROW}\tRegistry\tD:P(A;OICI;KA;;;SY)(A;OICI;KA;;;BA)\t`,
  '',
].join('\r\n');

/** One text that says all that goes in: the same only for the same installer. */
const contentOf = async (entries: readonly Entry[], tree: string, wxs: string): Promise<string> => {
  const hash = createHash('sha256').update(wxs);
  for (const { path } of entries) hash.update(`${path}\0${await sha256Of(join(tree, path))}\n`);
  return hash.digest('hex');
};

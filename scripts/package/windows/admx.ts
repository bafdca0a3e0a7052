// The policy templates for the Group Policy editor and for Intune: one archive, to be unpacked where Windows looks for them.
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

import type { Job } from '../job.ts';
import { windowsTarget } from '../targets.ts';
import { type Tool, runTool } from '../tools.ts';
import { fileEntry, writeTree } from '../tree.ts';

const ZIP: Tool = { program: 'zip', debian: 'zip' };

const sources = join(dirname(dirname(dirname(import.meta.dirname))), 'agent', 'packaging', 'windows', 'policy');
/** Windows finds the second beside the first, in the folder of its language. */
const TEMPLATES = ['fettle.admx', 'en-US/fettle.adml'] as const;

export const agentAdmx: Job = {
  name: 'agent-admx',
  target: windowsTarget,
  needs: [ZIP],
  make: async ({ version, epochS, work, out }) => {
    const [tree, file] = [join(work, 'policy'), join(out, `fettle-agent-${version}-admx.zip`)];
    writeTree(
      tree,
      TEMPLATES.map((path) => fileEntry(path, join(sources, path))),
      epochS,
    );
    rmSync(file, { force: true }); // what is there would be added to
    // without the owners and the times of access, which differ from machine to machine
    await runTool(ZIP, ['-X', '-q', file, ...TEMPLATES], { cwd: tree });
    return file;
  },
};

// The installers of macOS, which need no tools: one for each kind of processor.
import { join } from 'node:path';

import type { Job } from '../job.ts';
import { macTargets } from '../targets.ts';
import { writePkg } from './pkg.ts';

const ARCHITECTURES = { 'darwin-x64': 'x86_64', 'darwin-arm64': 'arm64' } as const;

export const agentPkgs: readonly Job[] = macTargets.map((target) => ({
  name: 'agent-pkg',
  target,
  needs: [],
  make: async ({ version, epochS, out, agent }) => {
    const file = join(out, `fettle-agent-${version}-${target.name.replace('darwin', 'macos')}.pkg`);
    await writePkg(file, { agent: await agent(target), version, architecture: ARCHITECTURES[target.name], epochS });
    return file;
  },
}));

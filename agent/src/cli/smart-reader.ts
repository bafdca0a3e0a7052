// fettle-agent smart-reader: what fettle-smart.service (agent/packaging/linux) runs as root, for the agent that is not.
import { runAll } from '../collect/smart/run-all.ts';
import { childHost } from '../host/child-host.ts';
import { nodeFs } from '../host/fs.ts';
import type { StoredRuns } from '../host/stored-runs.schema.ts';
import { STORE } from '../host/stored-smartctl.ts';
import { type Arguments, readConfig } from './arguments.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { thisHost } from './place.ts';

export const smartReader = async (args: Arguments): Promise<ExitCode> => {
  const host = childHost(thisHost(readConfig(args).config));
  const runs = (await runAll(host)).map((run) => ({ ...run, args: [...run.args] }));
  const readings: StoredRuns = { version: 1, uptimeMs: host.uptimeMs(), runs };
  await nodeFs.replaceLoosely(STORE, JSON.stringify(readings), SHARED_MODE);
  return EXIT.ok;
};

/** Its group is the agent's, by the unit. */
const SHARED_MODE = 0o640;

// `npm run agent -- VERB`: the bundled agent from a checkout, by default on the files of the local agent of `npm start`.
import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { agentFile, buildAgent } from './build/agent.ts';
import { DATA_FOLDER } from './data-folder.ts';

await buildAgent();
const child = spawn(process.execPath, [agentFile, ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { FETTLE_DATA_DIR: join(DATA_FOLDER, 'agent'), ...process.env },
});
process.on('SIGINT', () => undefined); // the child hears it too, and decides
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code) => {
  process.exitCode = code ?? 1;
});

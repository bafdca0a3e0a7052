// `npm run format`: writes every source the way the check wants it.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';

const root = dirname(import.meta.dirname);
const { status } = spawnSync(process.execPath, [join(root, 'node_modules/oxfmt/bin/oxfmt'), '.'], {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;

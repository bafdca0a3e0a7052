// Every root script starts here: `node scripts/bootstrap.mjs NAME [ARG …]` runs scripts/NAME.ts with the pinned Node, installing what is missing first.
// Written for Node 18 and without packages, because at this point there may be nothing else.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';

import { Interrupted, run } from './bootstrap/child.mjs';
import { BootstrapError, environment } from './bootstrap/choose.mjs';
import { install } from './bootstrap/install.mjs';
import { pins } from './bootstrap/pins.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** @returns {import('./bootstrap/choose.mjs').Machine} */
const machine = () => ({
  platform: process.platform,
  arch: process.arch,
  musl: process.platform === 'linux' && !isGlibc(),
  nodeVersion: process.versions.node,
  execPath: process.execPath,
});

/** The running Node says what it was built for; a machine may hold both libraries. */
const isGlibc = () => {
  const { header } = /** @type {{ header?: object }} */ (process.report.getReport());
  return header !== undefined && 'glibcVersionRuntime' in header;
};

/** @param {readonly string[]} argv */
const main = async ([name = '', ...args]) => {
  const script = join(root, 'scripts', `${name}.ts`);
  if (!/^[a-z][a-z-]*$/.test(name) || !existsSync(script)) {
    throw new BootstrapError(`There is no script "${name}". "npm run" lists them.`);
  }
  const programs = await install({ root, machine: machine(), pins });
  const env = environment(programs, process.env, process.platform);
  return run(programs.node, [script, ...args], { stdio: 'inherit', env });
};

/** Ends as the script ended: by its exit code, or by its signal. @param {{ code: number | null, signal: NodeJS.Signals | null }} end */
const leave = ({ code, signal }) => {
  process.exitCode = code ?? 1;
  if (signal) process.kill(process.pid, signal);
};

/** @param {unknown} error */
const fail = (error) => {
  if (error instanceof Interrupted) return leave({ code: null, signal: error.signal });
  process.stderr.write(`${error instanceof BootstrapError ? error.message : inspect(error)}\n`);
  process.exitCode = 1;
};

main(process.argv.slice(2)).then(leave, fail);

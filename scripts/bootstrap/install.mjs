// Brings the pinned Node and pnpm from npm, then the workspace's packages. What is there costs a few file reads; what is half there is done again.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { passes } from './child.mjs';
import { BootstrapError, choose, environment, installEnvironment, programPath } from './choose.mjs';
import { underLock } from './lock.mjs';
import { bringToolchain, isWhole } from './toolchain.mjs';

/** @typedef {import('./choose.mjs').Machine} Machine */
/** @typedef {import('./choose.mjs').Pin} Pin */
/** @typedef {import('./choose.mjs').Programs} Programs */
/** @typedef {{ root: string, machine: Machine, pins: import('./choose.mjs').Pins }} Place */
/** @typedef {ReturnType<typeof plan>} Plan */
/** @typedef {(pid: number) => void} HoldFor */

/** The workspace's folders, as in pnpm-workspace.yaml. */
export const WORKSPACE = ['agent', 'server', 'server/console', 'shared', 'scripts', 'test'];

/** @param {Place} place @returns {Promise<Programs>} */
export const install = async (place) => {
  const wanted = plan(place);
  if (missingOf(wanted).length === 0 && isMarked(wanted)) return wanted.programs;
  try {
    await underLock(join(wanted.toolchain, 'lock'), async (holdFor) => {
      const missing = missingOf(wanted);
      if (missing.length > 0) await bringToolchain(wanted, missing, holdFor);
      if (!isMarked(wanted)) await bringPackages(wanted, holdFor);
    });
  } catch (error) {
    throw isWriteError(error) ? new BootstrapError(`This checkout cannot be written: ${error.message}`) : error;
  }
  return wanted.programs;
};

/** @param {Place} place */
const plan = ({ root, machine, pins }) => {
  const { node, pnpm, target, nodeVersion } = choose(machine, pins);
  const toolchain = join(root, '.toolchain');
  /** @param {Pin} pin */
  const at = (pin) => programPath(toolchain, pin, machine.platform);
  return {
    root,
    machine,
    toolchain,
    tools: [...(node ? [node] : []), pnpm].map((pin) => ({ pin, program: at(pin) })),
    programs: { node: node ? at(node) : machine.execPath, pnpm: at(pnpm) },
    mark: hash([...inputsOf(root), target, nodeVersion.split('.')[0], pnpm.version].join('\0')),
  };
};

/** Everything that decides what pnpm installs. @param {string} root */
const inputsOf = (root) =>
  ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', ...WORKSPACE.map((name) => `${name}/package.json`)]
    .filter((name) => existsSync(join(root, name)))
    .map((name) => readFileSync(join(root, name), 'utf8'));

/** @param {string} text */
const hash = (text) => createHash('sha256').update(text).digest('hex');

/** @param {Plan} wanted */
const missingOf = ({ tools }) => tools.filter(({ pin, program }) => !isWhole(pin, program)).map(({ pin }) => pin);

/** Written when pnpm is done and removed before it starts: what carries it is whole. @param {Plan} wanted */
const markFile = ({ root }) => join(root, 'node_modules', '.fettle-ready');

/** @param {Plan} wanted */
const isMarked = (wanted) => {
  try {
    return readFileSync(markFile(wanted), 'utf8') === wanted.mark;
  } catch {
    return false;
  }
};

/** @param {Plan} wanted @param {HoldFor} holdFor */
const bringPackages = async (wanted, holdFor) => {
  const { root, machine, programs } = wanted;
  process.stderr.write('installing packages …\n');
  rmSync(markFile(wanted), { force: true });
  removeForeign(join(root, 'node_modules'));
  const args = ['install', '--frozen-lockfile', '--prefer-offline', '--reporter=append-only', '--loglevel=warn'];
  // CI: nothing is asked.
  const env = { ...installEnvironment(environment(programs, process.env, machine.platform)), CI: 'true' };
  if (!(await passes(programs.pnpm, args, { cwd: root, env }, holdFor))) {
    throw new BootstrapError('pnpm could not install the packages; its message is above. The next start tries again.');
  }
  writeFileSync(markFile(wanted), wanted.mark);
};

/** After a stray `npm install` pnpm would leave npm's packages beside its own. @param {string} modules */
const removeForeign = (modules) => {
  const isPnpms = existsSync(join(modules, '.modules.yaml')) && !existsSync(join(modules, '.package-lock.json'));
  if (!isPnpms) rmSync(modules, { recursive: true, force: true, maxRetries: 3 });
};

/** @param {unknown} error @returns {error is Error} */
const isWriteError = (error) =>
  error instanceof Error && 'code' in error && /^(EACCES|EPERM|EBUSY|EROFS|ENOSPC|EDQUOT)$/.test(String(error.code));

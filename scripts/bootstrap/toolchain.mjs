// Brings the pinned programs from npm into folders of their own.
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { passes } from './child.mjs';
import { BootstrapError, folderOf, installEnvironment, lockFor, npmPlaces } from './choose.mjs';

/** @typedef {import('./choose.mjs').Machine} Machine */
/** @typedef {import('./choose.mjs').Pin} Pin */
/** @typedef {{ root: string, toolchain: string, machine: Machine }} Place */
/** @typedef {(pid: number) => void} HoldFor */

/** npm does not notice a full disk: it may leave half a program and say that all went well. @param {Pin} pin @param {string} program */
export const isWhole = (pin, program) => statSync(program, { throwIfNoEntry: false })?.size === pin.bytes;

/**
 * Fetched into a folder of its own, then renamed into place: an interrupted download leaves nothing that looks finished.
 * @param {Place} place @param {readonly Pin[]} missing @param {HoldFor} holdFor
 */
export const bringToolchain = async ({ root, machine, toolchain }, missing, holdFor) => {
  process.stderr.write(`fetching ${missing.map((pin) => `${pin.name} ${pin.version}`).join(' and ')} …\n`);
  for (const name of readdirSync(toolchain)) if (name.startsWith('tmp-')) discard(join(toolchain, name));
  const fresh = mkdtempSync(join(toolchain, 'tmp-'));
  try {
    const { manifest, lock } = lockFor(missing);
    writeFileSync(join(fresh, 'package.json'), JSON.stringify(manifest));
    writeFileSync(join(fresh, 'package-lock.json'), JSON.stringify(lock));
    if (existsSync(join(root, '.npmrc'))) copyFileSync(join(root, '.npmrc'), join(fresh, '.npmrc'));
    await runNpm(machine, fresh, holdFor);
    for (const pin of missing) {
      const from = join(fresh, 'node_modules', ...pin.name.split('/'));
      if (!isWhole(pin, join(from, pin.bin)))
        throw new BootstrapError(`npm left ${pin.name} unfinished. Is the disk full?`);
      discard(join(toolchain, folderOf(pin)));
      await move(from, join(toolchain, folderOf(pin)));
    }
  } finally {
    discard(fresh);
  }
};

/** @param {string} folder what cannot be removed now is removed by the next start */
const discard = (folder) => {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // In use: on Windows by a scanner, elsewhere by a program that outlived its start.
  }
};

/** On Windows a scanner may still hold what was just written. @param {string} from @param {string} to */
const move = async (from, to) => {
  for (let tries = 1; ; tries += 1) {
    try {
      return renameSync(from, to);
    } catch (error) {
      if (process.platform !== 'win32' || tries === 20) throw error;
      await sleep(100);
    }
  }
};

/** npm runs as a script of the running Node: no shell, no .cmd. @param {Machine} machine @param {string} cwd @param {HoldFor} holdFor */
const runNpm = async (machine, cwd, holdFor) => {
  const npm = npmPlaces(machine, process.env).find((place) => existsSync(place) && scriptOf(place));
  if (npm === undefined) throw new BootstrapError('npm was not found. Start through npm: npm start, npm test.');
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const options = { cwd, env: installEnvironment(process.env) };
  if (!(await passes(machine.execPath, [scriptOf(npm), ...args], options, holdFor))) {
    throw new BootstrapError(
      'npm could not fetch the toolchain; its message is above. Nothing was changed. Check the network, or the registry that npm is set to, and start again.',
    );
  }
};

/** @param {string} place @returns {string} npm's script behind a link, or nothing */
const scriptOf = (place) => {
  const script = realpathSync(place);
  return script.endsWith('npm-cli.js') ? script : '';
};

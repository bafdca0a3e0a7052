// Which Node and which pnpm does this machine get, and where do they lie? Pure: the machine is an argument, so every answer is tested anywhere.
import { posix, win32 } from 'node:path';

/**
 * @typedef {{ platform: string, arch: string, musl: boolean, nodeVersion: string, execPath: string }} Machine of the running Node; its version without a leading "v"
 * @typedef {PinnedPackage & { version: string }} Pin
 * @typedef {{ name: string, bin: string, bytes: number, integrity: string }} PinnedPackage `bin`: the program, relative to the package's folder; `bytes`: its size
 * @typedef {{ version: string, packages: Record<string, PinnedPackage> }} Tool
 * @typedef {{ node: Tool & { minimum: string }, pnpm: Tool }} Pins
 * @typedef {{ node: Pin | undefined, pnpm: Pin, target: string, nodeVersion: string }} Choice `node` undefined: the running one; `target`: what the packages are installed for
 * @typedef {{ node: string, pnpm: string }} Programs absolute paths
 */

/** An error that the user can act on: printed without a stack. */
export class BootstrapError extends Error {}

/** The running Node where it is new enough, else the pinned one. @param {Machine} machine @param {Pins} pins @returns {Choice} */
export const choose = (machine, pins) => {
  const { platform, arch, musl, nodeVersion } = machine;
  const isNewEnough = isAtLeast(nodeVersion, pins.node.minimum);
  // Windows on ARM runs the x64 Node under emulation, as the ARM package stops at 26.7; the packages must then fit that Node.
  const isEmulated = !isNewEnough && platform === 'win32' && arch === 'arm64';
  const target = `${platform}-${isEmulated ? 'x64' : arch}${musl ? '-musl' : ''}`;
  return {
    node: isNewEnough ? undefined : pinnedNode(machine, pins.node, target),
    pnpm: pinnedPnpm(pins.pnpm, target),
    target,
    nodeVersion: isNewEnough ? nodeVersion : pins.node.version,
  };
};

/** @param {Machine} machine @param {Pins['node']} tool @param {string} target @returns {Pin} */
const pinnedNode = ({ nodeVersion }, tool, target) => {
  const pinned = tool.packages[target];
  if (pinned) return { ...pinned, version: tool.version };
  throw new BootstrapError(
    `There is no pinned Node for ${target}, and the one that runs (${nodeVersion}) is older than ${tool.minimum}. Install Node ${tool.minimum} or newer and try again.`,
  );
};

/** @param {Tool} tool @param {string} target @returns {Pin} */
const pinnedPnpm = (tool, target) => {
  const pinned = tool.packages[target];
  if (pinned) return { ...pinned, version: tool.version };
  throw new BootstrapError(
    `There is no pinned pnpm for ${target}. Supported: ${Object.keys(tool.packages).join(', ')}.`,
  );
};

/** @param {string} version @param {string} minimum both "major.minor.patch" @returns {boolean} */
const isAtLeast = (version, minimum) => {
  const [have, want] = [partsOf(version), partsOf(minimum)];
  const at = want.findIndex((part, index) => part !== have[index]);
  return at < 0 || (have[at] ?? 0) > (want[at] ?? 0);
};

/** @param {string} version */
const partsOf = (version) => version.split('.', 3).map((part) => Number.parseInt(part, 10));

/** @param {string} platform */
const pathOf = (platform) => (platform === 'win32' ? win32 : posix);

/** A package's own folder below the toolchain's. @param {Pin} pin */
export const folderOf = (pin) => `${pin.name.replace('@', '').replace('/', '-')}@${pin.version}`;

/** @param {string} toolchain folder @param {Pin} pin @param {string} platform */
export const programPath = (toolchain, pin, platform) =>
  pathOf(platform).join(toolchain, folderOf(pin), ...pin.bin.split('/'));

/**
 * Where npm's own script may lie, best first: the npm that started us, the one beside the running Node, those on the path.
 * Elsewhere than on Windows, `npm` on the path is a link to that script.
 * @param {Machine} machine @param {Record<string, string | undefined>} env @returns {string[]}
 */
export const npmPlaces = ({ platform, execPath }, env) => {
  const { join, dirname, delimiter } = pathOf(platform);
  const isWindows = platform === 'win32';
  const script = ['node_modules', 'npm', 'bin', 'npm-cli.js'];
  const folders = (env[pathName(env)] ?? '').split(delimiter).filter((folder) => folder !== '');
  return [
    env['npm_execpath'] ?? '',
    isWindows ? join(dirname(execPath), ...script) : join(dirname(execPath), '..', 'lib', ...script),
    ...folders.map((folder) => (isWindows ? join(folder, ...script) : join(folder, 'npm'))),
  ].filter((place) => place !== '');
};

/** Windows spells it "Path", and a copy of the environment no longer ignores case. @param {Record<string, string | undefined>} env */
const pathName = (env) => Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';

/**
 * The pinned Node and pnpm come first for whatever is started below.
 * @param {Programs} programs @param {Record<string, string | undefined>} env @param {string} platform
 */
export const environment = (programs, env, platform) => {
  const { dirname, delimiter } = pathOf(platform);
  const name = pathName(env);
  const folders = [dirname(programs.node), dirname(programs.pnpm), env[name]];
  return { ...env, [name]: folders.filter((folder) => folder !== undefined).join(delimiter) };
};

const REACHES_REGISTRY =
  /^npm_config_(registry|cache|userconfig|globalconfig|ca|cafile|cert|key|strict_ssl|proxy|https_proxy|noproxy|fetch_\w+|\/\/.*)$/i;

/** Left alone, npm takes 70 seconds to say that there is no network, and pnpm more than ten minutes. */
const PATIENCE = {
  npm_config_fetch_retry_mintimeout: '500',
  npm_config_fetch_retry_maxtimeout: '1000',
  pnpm_config_fetch_retry_mintimeout: '500',
  pnpm_config_fetch_retry_maxtimeout: '1000',
};

/**
 * What npm told the script that it started (omit, global, workspace, dry_run …) is not meant for a second npm: only how to
 * reach the registry is handed on. pnpm reads npm's files, but not its environment.
 * @param {Record<string, string | undefined>} env
 */
export const installEnvironment = (env) => {
  const kept = Object.entries(env).filter(([name]) => !/^npm_/i.test(name) || REACHES_REGISTRY.test(name));
  const registry = kept.find(([name]) => /^npm_config_registry$/i.test(name))?.[1];
  return { ...PATIENCE, ...(registry ? { pnpm_config_registry: registry } : {}), ...Object.fromEntries(kept) };
};

/** What npm needs to fetch exactly these packages and check their hashes. @param {readonly Pin[]} chosen */
export const lockFor = (chosen) => {
  const dependencies = Object.fromEntries(chosen.map((pin) => [pin.name, pin.version]));
  /** @type {Record<string, object>} */
  const packages = { '': { dependencies } };
  for (const { name, version, integrity } of chosen) packages[`node_modules/${name}`] = { version, integrity };
  const manifest = { name: 'fettle-toolchain', version: '0.0.0', private: true, dependencies };
  return { manifest, lock: { ...manifest, lockfileVersion: 3, requires: true, packages } };
};

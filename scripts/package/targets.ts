// For what systems packages are made, and with which Node: the same version everywhere, untouched where it is signed.
import type { PinnedPackage } from '../bootstrap/choose.mjs';
import { pins } from '../bootstrap/pins.mjs';
import type { Tool } from './tools.ts';

type Common = {
  /** The npm package of Node; its tarball's hash is in bootstrap/pins.mjs. */
  readonly node: PinnedPackage & { readonly version: string };
  /** Of the program in it, as unpacked: what lay in the cache is held against it before each build. */
  readonly nodeSha256: string;
};

export type LinuxTarget = Common & {
  readonly name: 'linux-x64' | 'linux-arm64';
  readonly platform: 'linux';
  /** The architecture's name in a .deb, and in an .rpm. */
  readonly deb: string;
  readonly rpm: string;
  readonly strip: Tool;
};

export type WindowsTarget = Common & { readonly name: 'win32-x64'; readonly platform: 'win32' };
export type MacTarget = Common & { readonly name: 'darwin-x64' | 'darwin-arm64'; readonly platform: 'darwin' };
export type Target = LinuxTarget | WindowsTarget | MacTarget;

const node = (name: Target['name'], nodeSha256: string): Common => {
  const pinned = pins.node.packages[name];
  if (!pinned) throw new Error(`bootstrap/pins.mjs has no Node for ${name}.`);
  return { node: { ...pinned, version: pins.node.version }, nodeSha256 };
};

export const linuxTargets: readonly LinuxTarget[] = [
  {
    name: 'linux-x64',
    platform: 'linux',
    deb: 'amd64',
    rpm: 'x86_64',
    strip: { program: 'x86_64-linux-gnu-strip', debian: 'binutils-x86-64-linux-gnu' },
    ...node('linux-x64', 'ab9c8eecf9f82d6693cdc3accced17034065c8d96213b0aa76a7e803d20ae1da'),
  },
  {
    name: 'linux-arm64',
    platform: 'linux',
    deb: 'arm64',
    rpm: 'aarch64',
    strip: { program: 'aarch64-linux-gnu-strip', debian: 'binutils-aarch64-linux-gnu' },
    ...node('linux-arm64', '71b004f18a82f3ea8f26109798564a12e5e4c7989a4c35b93851830b5815dd03'),
  },
];

export const windowsTarget: WindowsTarget = {
  name: 'win32-x64',
  platform: 'win32',
  ...node('win32-x64', 'cea6ac365f9bb9586dafd2084d996e092e7d3e7d07ab52d1f76bf53d1fca9bc4'),
};

export const macTargets: readonly MacTarget[] = [
  {
    name: 'darwin-x64',
    platform: 'darwin',
    ...node('darwin-x64', '083775c8c778a1ab7aee1c9971ba2dac29032b5f60da9db9a2b8e9d050544c31'),
  },
  {
    name: 'darwin-arm64',
    platform: 'darwin',
    ...node('darwin-arm64', '56d28b39a8048f0cd1af7ad7e09f6cbe1c04439b6dfeb6c8d9090c082af60861'),
  },
];

export const targets: readonly Target[] = [...linuxTargets, windowsTarget, ...macTargets];

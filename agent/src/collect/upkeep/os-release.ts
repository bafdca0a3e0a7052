import { type ChildHost, HostError } from '../../host/host.ts';
import type { ProgramName } from '../../host/program-names.ts';
import { fileText } from '../child-files.ts';
import { type Capability, available, unavailable } from '../collector.ts';
import { type Family, type OsRelease, familyOf, parseOsRelease } from './os-release.parse.ts';

/** In this order: os-release(5). */
export const OS_RELEASE_PATHS = ['/etc/os-release', '/usr/lib/os-release'] as const;

/** Empty where the system does not say what it is. */
export const readOsRelease = async (host: ChildHost): Promise<OsRelease> => {
  for (const path of OS_RELEASE_PATHS) {
    const text = await fileText(host, path);
    if (text !== undefined) return parseOsRelease(text);
  }
  return new Map();
};

/** By whose packages the system is made of; undefined where that kind has no such tool. */
type Tools<T extends ProgramName> = Readonly<Record<Family, T | undefined>>;

/**
 * The program of this system's own kind, where it is installed, else the only other one that is:
 * a Debian can have rpm installed as a tool, and that rpm knows of nothing.
 */
export const ownTool = async <T extends ProgramName>(host: ChildHost, tools: Tools<T>): Promise<T | undefined> => {
  const family = familyOf(await readOsRelease(host));
  if (family !== undefined) {
    const own = tools[family];
    return own !== undefined && host.find(own) !== undefined ? own : undefined;
  }
  const all = Object.values<T | undefined>(tools).filter((tool) => tool !== undefined);
  const installed = [...new Set(all)].filter((tool) => host.find(tool) !== undefined);
  return installed.length === 1 ? installed[0] : undefined;
};

/** @param none what to say where there is no such tool */
export const probeTool = async (host: ChildHost, tools: Tools<ProgramName>, none: string): Promise<Capability> => {
  const tool = await ownTool(host, tools);
  return tool === undefined ? unavailable('tool_missing', none) : available(tool);
};

/** @throws HostError where it is there no more */
export const neededTool = async <T extends ProgramName>(host: ChildHost, tools: Tools<T>): Promise<T> => {
  const tool = await ownTool(host, tools);
  if (tool === undefined) throw new HostError('tool_missing', 'the package tool is gone');
  return tool;
};

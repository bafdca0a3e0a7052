// The service host of Windows, by the cross compiler: the same bytes from the same sources.
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { agentFlagsOn } from '../../build/agent.ts';
import { type Tool, runTool } from '../tools.ts';

const root = dirname(dirname(dirname(import.meta.dirname)));
const sources = join(root, 'agent', 'packaging', 'windows', 'host');

const COMPILER: Tool = { program: 'x86_64-w64-mingw32-gcc', debian: 'gcc-mingw-w64-x86-64-win32' };
const RESOURCES: Tool = { program: 'x86_64-w64-mingw32-windres', debian: 'binutils-mingw-w64-x86-64' };
export const hostTools: readonly Tool[] = [COMPILER, RESOURCES];

/** Windows 10 and Server 2016, the oldest that Node 26 runs on. */
const OLDEST_WINDOWS = '0x0A00';
const FLAGS = `-std=c17 -Os -s -municode -static -Wall -Wextra -Werror
  -D__USE_MINGW_ANSI_STDIO=1 -DUNICODE -D_UNICODE -D_WIN32_WINNT=${OLDEST_WINDOWS}
  -Wl,--no-insert-timestamp -Wl,--dynamicbase,--nxcompat,--high-entropy-va`.split(/\s+/);

const LIBRARIES = ['-ladvapi32', '-lshell32', '-lole32', '-luuid'];

/** @param folder where it may leave files. @returns the path of fettle-agent.exe */
export const compileHost = async (folder: string, version: string): Promise<string> => {
  const names = readdirSync(sources).filter((name) => name.endsWith('.c'));
  const files = names.toSorted().map((name) => join(sources, name));
  const flags = `-DNODE_FLAGS=L"${agentFlagsOn('win32').join(' ')}"`;
  const [resources, program] = [join(folder, 'host.res.o'), join(folder, 'fettle-agent.exe')];
  const numbers = `-DVERSION_NUMBERS=${version.replaceAll('.', ',')},0`;
  const text = `-DVERSION_TEXT=\\"${version}\\"`;
  await runTool(RESOURCES, [numbers, text, '-i', join(sources, 'host.rc'), '-o', resources]);
  await runTool(COMPILER, [...FLAGS, flags, ...files, resources, ...LIBRARIES, '-o', program]);
  return program;
};

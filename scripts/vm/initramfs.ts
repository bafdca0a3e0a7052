// The guest's whole system, unpacked into memory at boot: busybox, drivers, this Node, the bundled agent, the tools it asks.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { agentFile } from '../build/agent.ts';
import { type Entry, file, folder, program, writeArchive } from './cpio.ts';
import { moduleFiles } from './modules.ts';
import { type Parts, environmentOf, programOf } from './parts.ts';

const DRIVERS = ['nvme', 'ahci', 'sd_mod', 'raid1', 'crc32c_generic', 'ext4', 'battery', 'ac', 'thermal', 'scsi_debug'];
/** Where the agent looks for them. */
const TOOLS = ['smartctl', 'mdadm'] as const;
const LIBRARIES = 'lib/x86_64-linux-gnu';
const LOADER = /^\s*(\/\S+\/ld-linux\S*) \(/;
const LIBRARY = /=> (\/\S+) \(/;

export const AGENT_FOLDER = 'opt/fettle';

export const writeInitramfs = (path: string, parts: Parts): void => {
  const drivers = moduleFiles(parts, DRIVERS);
  const tools = TOOLS.map((name) => programOf(parts, name));
  writeArchive(path, [
    ...FOLDERS.map(folder),
    program('init', readFileSync(join(import.meta.dirname, 'init.sh'))),
    program('bin/busybox', readFileSync(programOf(parts, 'busybox'))),
    program('bin/node', readFileSync(process.execPath)),
    ...tools.map((tool) => program(`usr/sbin/${basename(tool)}`, readFileSync(tool))),
    ...libraries(parts, [process.execPath, ...tools]),
    ...drivers.map((driver) => file(`modules/${basename(driver)}`, readFileSync(driver))),
    file('modules/order', Buffer.from(drivers.map((driver) => `${basename(driver)}\n`).join(''))),
    ...filesOf(dirname(agentFile), AGENT_FOLDER),
    file(`${AGENT_FOLDER}/package.json`, Buffer.from('{"type":"module"}')),
  ]);
};

/** Each before what is in it. */
const FOLDERS =
  `bin dev etc lib ${LIBRARIES} lib64 modules opt ${AGENT_FOLDER} proc run srv sys tmp usr usr/sbin`.split(' ');

/** Those that the programs are linked with, and what loads them. */
const libraries = (parts: Parts, programs: readonly string[]): readonly Entry[] => {
  const found = new Map<string, string>();
  for (const path of programs) {
    const text = execFileSync('ldd', [path], { env: { ...process.env, ...environmentOf(parts) }, encoding: 'utf8' });
    for (const line of text.split('\n')) {
      const [loader, library] = [LOADER.exec(line)?.[1], LIBRARY.exec(line)?.[1]];
      if (loader !== undefined) found.set(loader.slice(1), loader);
      if (library !== undefined) found.set(`${LIBRARIES}/${basename(library)}`, library);
    }
  }
  return [...found].map(([inside, path]) => program(inside, readFileSync(path)));
};

const filesOf = (from: string, to: string): readonly Entry[] =>
  readdirSync(from, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => file(`${to}/${name}`, readFileSync(join(from, name))));

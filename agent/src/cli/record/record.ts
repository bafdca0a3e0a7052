// fettle-agent record: what the collectors asked this machine and what it answered, fit to be sent to a stranger: a fixture for
// the tests of a project that does not have this machine.
import { setTimeout as sleep } from 'node:timers/promises';

import { NOTHING_DECLARED } from '../../config/config.ts';
import { childHost } from '../../host/child-host.ts';
import { systemClock } from '../../host/clock.ts';
import type { ChildHost, Memory } from '../../host/host.ts';
import { nodeHost } from '../../host/node.ts';
import { type ProgramName, programNames } from '../../host/program-names.ts';
import { emptyRecording, recordedHost } from '../../host/recording.ts';
import { VERSION } from '../../version.ts';
import type { ArchiveFile } from '../archive/tar.ts';
import { outOf, writeOut } from '../archive/write-out.ts';
import type { Arguments } from '../arguments.ts';
import { EXIT, type ExitCode, endSoon, print } from '../exit.ts';
import { type Said, readEach, residentOnes, slowCollectors } from './read-all.ts';
import { type Pass, redactDeep, sourcesOf, storePass } from './recording-files.ts';
import { createRedaction } from './redaction.ts';

/** Between the two readings that rates need. */
const BETWEEN_MS = 1_000;
const ASK_MS = 3_000;
const PASSWD = '/etc/passwd';
const KERNEL_RELEASE = '/proc/sys/kernel/osrelease';

export const record = async (args: Arguments): Promise<ExitCode> => {
  const out = outOf(args, 'record --out FILE.tar.gz|FOLDER');
  const { files, kept, replaced } = await recordMachine(realMachine());
  writeOut(out, files);
  print(args.isJson, { out, files: files.length, replaced, kept }, [
    `${out}: ${files.length} files, ${replaced} names, numbers and addresses replaced.`,
    ...(kept.length === 0 ? [] : [`Too short or too common to be replaced everywhere: ${kept.join(', ')}.`]),
    'Read it before you send it.',
  ]);
  endSoon();
  return EXIT.ok;
};

/** Nothing that the administrator declared is asked: names, places and secrets of others stand there. */
const realMachine = (): ChildHost =>
  childHost(
    nodeHost({
      clock: systemClock,
      declared: NOTHING_DECLARED,
      memory: passingMemory(),
      probe: () => Promise.reject(new Error('a recording starts no child')),
    }),
  );

/** Of a machine that is asked for the first time. */
const passingMemory = (): Memory => {
  const values = new Map<string, unknown>();
  return { read: (id) => structuredClone(values.get(id)), write: (id, value) => void values.set(id, value) };
};

type Recorded = {
  readonly files: readonly ArchiveFile[];
  /** Names that are too short or too common to be replaced everywhere. */
  readonly kept: readonly string[];
  readonly replaced: number;
};

export const recordMachine = async (machine: ChildHost): Promise<Recorded> => {
  const tools = await toolVersions(machine);
  const { passes, readings } = await readTwice(machine);
  const paths = passes.flatMap(({ recording }) => [...recording.files.keys(), ...recording.folders.keys()]);
  const sources = [...passes.flatMap(sourcesOf), { from: PASSWD, text: await textOf(machine, PASSWD) }];
  const { redact, kept, replaced } = createRedaction(sources, machine.hostname(), paths);
  const stored = passes.map((pass) => storePass(pass, `${pass.monoMs / 1000}s`, redact));
  const manifest = {
    version: 1,
    agent: VERSION,
    os: machine.os,
    kernel: (await textOf(machine, KERNEL_RELEASE)).trim(),
    tools: redactDeep(tools, redact),
    passes: stored.map(({ pass }) => pass),
    readings: readings.map((reading) => redactDeep(reading, redact)),
  };
  const files = [
    { path: 'manifest.json', content: `${JSON.stringify(manifest, null, 1)}\n` },
    ...stored.flatMap((pass) => pass.files),
  ];
  return { files, kept, replaced: replaced() };
};

/** `pass`: of which of the two it is. */
type Reading = Said & { readonly pass: number };

const readTwice = async (machine: ChildHost) => {
  const passes: readonly Pass[] = [0, BETWEEN_MS].map((monoMs) => ({ monoMs, recording: emptyRecording() }));
  const hosts = passes.map(({ recording }) => recordedHost(machine, recording));
  const readings = await readPasses(hosts, passes, () => sleep(BETWEEN_MS));
  return { passes, readings };
};

/** @param hosts one for each pass; @param between is waited for between two */
export const readPasses = async (
  hosts: readonly ChildHost[],
  passes: readonly { readonly monoMs: number }[],
  between: () => Promise<unknown>,
): Promise<readonly Reading[]> => {
  const readings: Reading[] = [];
  const [first] = hosts;
  const resident = first ? residentOnes(first) : [];
  for (const [index, host] of hosts.entries()) {
    if (index > 0) await between();
    const collectors = index === 0 ? [...resident, ...(await slowCollectors(host))] : resident;
    const all = await readEach(collectors, host, passes[index]?.monoMs ?? 0);
    readings.push(...all.map((one) => ({ ...one, pass: index })));
  }
  return readings;
};

/** The first line of what each says of itself. */
const toolVersions = async (machine: ChildHost): Promise<Record<string, string>> => {
  const lines = await Promise.all(
    programNames.map(async (name): Promise<readonly (readonly [ProgramName, string])[]> => {
      if (machine.find(name) === undefined) return [];
      const said = await machine.run(name, ['--version'], { timeoutMs: ASK_MS }).catch(() => undefined);
      const [line = ''] = (said?.stdout || said?.stderr || '').trim().split('\n');
      return [[name, line.slice(0, 200)]];
    }),
  );
  return Object.fromEntries(lines.flat());
};

/** "" where it is not here, or not for us: then nothing is learned from it. */
const textOf = (machine: ChildHost, path: string): Promise<string> => machine.readFile(path).then(String, () => '');

// The trial that decides the form of the agent: Node's own program beside the bundle, against one file by Node and one by pkg, side by
// side on this machine.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { memoryOf } from '../bench/process-cost.ts';
import { agentEnvironment, agentFlags, bundleSingleFile } from '../build/agent.ts';
import { endChild } from '../end-child.ts';
import { type Bundle, agentVersion, makeBundle } from './agent-tree.ts';
import { packExecutable } from './executable.ts';
import { nodeProgram } from './node-binaries.ts';
import type { Target } from './targets.ts';
import { filesBelow } from './tree.ts';

const STARTS = 7;
const SETTLE_MS = 4_000;

type Form = {
  readonly name: string;
  /** What is started, without the verb. */
  readonly command: readonly string[];
  /** All of it on the disk, and what of it a new version of the agent replaces. */
  readonly sizeBytes: number;
  readonly updateBytes: number;
};

export type Row = {
  readonly form: string;
  readonly disk_mb: number;
  readonly update_mb: number;
  /** Medians of `version`. */
  readonly start_cpu_ms: number;
  readonly start_wall_ms: number;
  /** Of `run`, waiting for a server that is not there. */
  readonly rss_mb: number;
  readonly pss_anon_mb: number;
};

export const trial = async (target: Target): Promise<readonly Row[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'fettle-trial-'));
  try {
    const rows: Row[] = [];
    for (const form of await formsIn(folder, target)) rows.push(await measure(form, folder));
    return rows;
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const formsIn = async (folder: string, target: Target): Promise<readonly Form[]> => {
  const node = await nodeProgram(target, folder);
  const bundle = await makeBundle(join(folder, 'bundle'), agentVersion());
  const main = join(folder, 'agent.cjs');
  await bundleSingleFile(main);
  const single = async (name: keyof typeof packExecutable): Promise<Form> => {
    const [output, work] = [join(folder, name), join(folder, `${name}.work`)];
    mkdirSync(work);
    await packExecutable[name]({ main, target, node, output, work });
    const sizeBytes = statSync(output).size;
    return { name: `one file, by ${name}`, command: [output], sizeBytes, updateBytes: sizeBytes };
  };
  return [beside(node, bundle), await single('build-sea'), await single('pkg')];
};

const beside = (node: string, bundle: Bundle): Form => {
  const updateBytes = filesBelow(bundle.folder).reduce((sum, file) => sum + statSync(file).size, 0);
  return {
    name: 'node beside the bundle',
    command: [node, ...agentFlags, join(bundle.folder, 'agent.js')],
    sizeBytes: statSync(node).size + updateBytes,
    updateBytes,
  };
};

const measure = async (form: Form, folder: string): Promise<Row> => {
  startOnce(form); // its file is then in memory
  const starts = Array.from({ length: STARTS }, () => startOnce(form));
  const { rssMib, pssAnonMib } = await residentOf(form, folder);
  return {
    form: form.name,
    disk_mb: megabytes(form.sizeBytes),
    update_mb: megabytes(form.updateBytes),
    start_cpu_ms: median(starts.map(({ cpuMs }) => cpuMs)),
    start_wall_ms: median(starts.map(({ wallMs }) => wallMs)),
    rss_mb: megabytes(rssMib * 1024 * 1024),
    pss_anon_mb: megabytes(pssAnonMib * 1024 * 1024),
  };
};

const startOnce = ({ command }: Form) => {
  const startedMs = performance.now();
  const script = '"$@" >/dev/null || exit; times';
  const { status, stdout } = spawnSync('/bin/sh', ['-c', script, 'sh', ...command, 'version'], {
    encoding: 'utf8',
    env: agentEnvironment,
  });
  if (status !== 0) throw new Error(`${command.join(' ')} version ended with ${status}`);
  return { wallMs: Math.round(performance.now() - startedMs), cpuMs: childrenMs(stdout) };
};

/** @param times as the shell says it: its own on one line, its children's on the next, "0m0.03s 0m0.01s" */
const childrenMs = (times: string): number => {
  const seconds = [...(times.split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)];
  return Math.round(
    seconds.reduce((sum, [, minutes, rest]) => sum + Number(minutes) * 60_000 + Number(rest) * 1000, 0),
  );
};

const residentOf = async ({ command }: Form, folder: string) => {
  const [data, token] = [mkdtempSync(join(folder, 'data-')), join(folder, 'token')];
  writeFileSync(token, 'nobody asks for it');
  const [program = '', ...args] = command;
  const own = { FETTLE_DATA_DIR: data, FETTLE_TOKEN_FILE: token, FETTLE_SERVER_URL: 'http://127.0.0.1:9' };
  const child = spawn(program, [...args, 'run'], { env: { ...agentEnvironment, ...own }, stdio: 'ignore' });
  try {
    await sleep(SETTLE_MS);
    if (child.pid === undefined || child.exitCode !== null) throw new Error(`${command.join(' ')} run has ended`);
    return memoryOf(child.pid);
  } finally {
    await endChild(child, 'SIGTERM');
  }
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const megabytes = (bytes: number): number => Number((bytes / 1e6).toFixed(1));

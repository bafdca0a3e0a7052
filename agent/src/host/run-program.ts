// Starts one program and waits for its end, or ends it: argv and no shell, the C locale, a deadline, so much output and no more.
import { type ChildProcess, spawn } from 'node:child_process';
import { basename, isAbsolute } from 'node:path';

import { decode } from './decode.ts';
import { HostError, LATE, type Output, type RunOptions } from './host.ts';
import { windowsFolder } from './programs.ts';

const OUTPUT_MAX_BYTES = 1024 * 1024;
const DEADLINE_MS = 30_000;

export const CHILD_ENVIRONMENT = {
  PATH: process.platform === 'win32' ? `${windowsFolder()}\\System32` : '/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  LANG: 'C',
  TZ: 'UTC',
} as const;

/** @param path absolute. @throws HostError */
export const runProgram = async (
  path: string,
  args: readonly string[],
  { timeoutMs = DEADLINE_MS, codes, env, takesLate = false }: RunOptions = {},
): Promise<Output> => {
  const name = basename(path, '.exe');
  if (!isAbsolute(path)) throw new HostError('tool_missing', `${path} is no absolute path`);
  const child = spawn(path, [...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...CHILD_ENVIRONMENT, ...env },
    cwd: '/',
    windowsHide: true,
  });
  const said: Said = { stdout: gather(child.stdout), stderr: gather(child.stderr) };
  const { promise: late, resolve, reject } = Promise.withResolvers<Output>();
  const timer = setTimeout(() => {
    if (takesLate) resolve({ code: LATE, ...textsOf(said) });
    else reject(new HostError('timeout', `${name} did not end within ${timeoutMs / 1000} s`));
  }, timeoutMs);
  try {
    const output = await Promise.race([ended(child, name, said), late]);
    if (codes && !codes.includes(output.code)) throw failure(name, output);
    return output;
  } finally {
    clearTimeout(timer);
    child.kill('SIGKILL'); // what it started in turn ends with the group that all of us are in
    child.stdout?.destroy(); // and may hold the other ends until then
    child.stderr?.destroy();
  }
};

type Said = { readonly stdout: Gathered; readonly stderr: Gathered };
type Gathered = ReturnType<typeof gather>;

const textsOf = ({ stdout, stderr }: Said) => ({ stdout: stdout.text(), stderr: stderr.text() });

const ended = (child: ChildProcess, name: string, said: Said): Promise<Output> => {
  const { promise, resolve, reject } = Promise.withResolvers<Output>();
  const { stdout, stderr } = said;
  const check = (): void => {
    if (stdout.bytes > OUTPUT_MAX_BYTES || stderr.bytes > OUTPUT_MAX_BYTES)
      reject(new HostError('parse_error', `${name} wrote more than ${OUTPUT_MAX_BYTES} bytes`));
  };
  child.stdout?.on('data', check);
  child.stderr?.on('data', check);
  child.on('error', (error) => reject(startFailure(name, error)));
  child.on('close', (code, signal) => {
    if (code === null) reject(new HostError('service_broken', `${name} was ended by ${signal}`));
    else resolve({ code, ...textsOf(said) });
  });
  return promise;
};

const gather = (stream: NodeJS.ReadableStream | null) => {
  const chunks: Buffer[] = [];
  const gathered = { bytes: 0, text: () => decode(Buffer.concat(chunks)) };
  stream?.on('data', (chunk: Buffer) => {
    gathered.bytes += chunk.length;
    if (gathered.bytes <= OUTPUT_MAX_BYTES) chunks.push(chunk);
  });
  return gathered;
};

const startFailure = (name: string, error: Error): HostError => {
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return new HostError('tool_missing', `${name} is not installed`);
  if (code === 'EACCES' || code === 'EPERM') return new HostError('permission', `${name} may not be started`);
  return new HostError('service_broken', `${name} did not start: ${error.message}`);
};

const failure = (name: string, { code, stderr, stdout }: Output): HostError => {
  const said = (stderr.trim() || stdout.trim()).split('\n')[0] ?? '';
  return new HostError('service_broken', `${name} ended with ${code}${said && `: ${said}`}`);
};

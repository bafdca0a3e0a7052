// A Debian of its own to install into: made once by debootstrap and kept as an archive, unpacked for each story, entered in mount and
// process namespaces of its own. Nothing outside its folder changes.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { MissingError } from '../debian/missing-error.ts';

/** The oldest that is tried: what installs there installs on all later ones. */
const RELEASE = 'bookworm';
const BOOTSTRAP_MS = 900_000;
const COMMAND_MS = 120_000;

export type Ended = { readonly code: number | null; readonly output: string };

/** In the archive is what the package depends on: the package itself is installed without a network. */
export const bringArchive = (cache: string): string => {
  const archive = join(cache, `${RELEASE}.tar`);
  if (existsSync(archive)) return archive;
  mkdirSync(cache, { recursive: true });
  const fresh = mkdtempSync(join(tmpdir(), 'fettle-debootstrap-'));
  try {
    process.stderr.write(`making a Debian ${RELEASE} to install into, once, about 100 MB …\n`);
    execute('debootstrap', ['--variant=minbase', '--include=libatomic1,libstdc++6', RELEASE, fresh]);
    execute('tar', ['--create', '--file', `${archive}.new`, '--directory', fresh, '.']);
    renameSync(`${archive}.new`, archive);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return archive;
};

const execute = (program: string, args: readonly string[]): void => {
  const { status, stdout, error } = spawnSync(program, args, { encoding: 'utf8', timeout: BOOTSTRAP_MS });
  if (status !== 0)
    throw new MissingError(`${program} could not make a Debian: ${error?.message ?? stdout.slice(-500)}`);
};

export class DebianRoot {
  readonly folder: string;

  constructor(archive: string) {
    this.folder = mkdtempSync(join(tmpdir(), 'fettle-root-'));
    execute('tar', ['--extract', '--file', archive, '--directory', this.folder]);
    chmodSync(this.folder, 0o755); // it is the root of others than root, too
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  write(path: string, content: string, mode = 0o600): void {
    writeFileSync(join(this.folder, path), content, { mode });
  }

  /** Runs a line of the shell in there, as root. @param path what is looked for programs in */
  async run(command: string, path = '/usr/sbin:/usr/bin:/sbin:/bin'): Promise<Ended> {
    const child = this.start(['/bin/sh', '-c', `exec 2>&1\n${command}`], path);
    const timer = setTimeout(() => child.kill('SIGKILL'), COMMAND_MS);
    child.stdin?.end();
    const [output] = await Promise.all([child.stdout ? text(child.stdout) : '', once(child, 'exit')]);
    clearTimeout(timer);
    return { code: child.exitCode, output: output.trimEnd() };
  }

  /** It and all that it starts are gone with the process that is returned. */
  start(command: readonly string[], path = '/usr/sbin:/usr/bin:/sbin:/bin'): ChildProcess {
    const apart = ['--mount', '--pid', '--fork', '--kill-child', `--root=${this.folder}`, '--mount-proc'];
    const env = { PATH: path, HOME: '/root', LC_ALL: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive' };
    return spawn('/usr/bin/unshare', [...apart, ...command], { env, cwd: '/', stdio: 'pipe' });
  }
}

// Windows as Wine plays it: a machine of its own in one folder, which nothing outside of it sees.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

import { MissingError } from '../debian/missing-error.ts';
import { until } from '../until.ts';

const FOLDER = '/usr/lib/wine';
const [WINE, SERVER] = [join(FOLDER, 'wine64'), join(FOLDER, 'wineserver64')] as const;
const DEADLINE_MS = 120_000;

export type Ran = { readonly code: number; readonly output: string };

export class Wine {
  readonly #prefix: string;
  readonly #folder: string;

  /** @param folder empty. @throws MissingError */
  constructor(folder: string) {
    if (!existsSync(WINE)) throw new MissingError(`${WINE} is missing. On Debian: apt-get install wine64`);
    this.#folder = folder;
    this.#prefix = join(folder, 'prefix');
    mkdirSync(join(folder, 'home'));
  }

  /** As Windows 10, which Node asks for; then started anew, since its services have the environment of the time before. */
  async boot(): Promise<void> {
    await this.run(['wineboot', '--init']);
    await this.run(['reg', 'add', String.raw`HKCU\Software\Wine`, '/v', 'Version', '/d', 'win10', '/f']);
    await this.reboot();
  }

  /** Whatever runs is ended; services that start by themselves are started. */
  async reboot(): Promise<void> {
    await this.end();
    await this.#spawn(SERVER, ['-p']); // stays, or the machine would go down whenever nothing runs on it
    await this.run(['cmd', '/c', 'ver']);
  }

  async end(): Promise<void> {
    await this.#spawn(SERVER, ['-k']);
    await until('Wine to end', () => this.processes('').length === 0, 20_000);
  }

  /** @param words a program of Windows and what it is told. @returns its exit code, the lowest 8 bits, and all that it wrote */
  run(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
    return this.#spawn(WINE, words, env);
  }

  /** On the machine that it runs on. @param path `C:\…` */
  path(path: string): string {
    return join(this.#prefix, 'drive_c', ...path.slice(3).split('\\'));
  }

  /** Of this machine alone, by what is in their command lines. */
  processes(words: string): readonly number[] {
    const names = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return names.filter((name) => isOf(name, this.#prefix) && textOf(name, 'cmdline').includes(words)).map(Number);
  }

  /** What it writes goes to a file: services hold a pipe open for as long as they run. */
  async #spawn(program: string, words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
    const path = join(this.#folder, 'output.txt');
    const output = openSync(path, 'w');
    try {
      const child = spawn(program, [...words], {
        stdio: ['ignore', output, output],
        env: { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', HOME: join(this.#folder, 'home'), ...this.#own(), ...env },
        cwd: this.#folder,
        timeout: DEADLINE_MS,
        killSignal: 'SIGKILL',
      });
      await once(child, 'exit');
      return { code: child.exitCode ?? -1, output: textAt(path) };
    } finally {
      closeSync(output);
    }
  }

  #own(): Readonly<Record<string, string>> {
    // Mono and Gecko would be asked for
    return { WINEPREFIX: this.#prefix, WINEDEBUG: '-all', WINEDLLOVERRIDES: 'mscoree,mshtml=' };
  }
}

const textAt = (path: string): string => readFileSync(path, 'utf8').replaceAll('\r', '').trim();

const textOf = (pid: string, name: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return ''; // it has ended meanwhile
  }
};

/** Wine's server keeps its own folder elsewhere, and knows its machine all the same. */
const isOf = (pid: string, prefix: string): boolean => {
  if (!textOf(pid, 'environ').includes(`WINEPREFIX=${prefix} `)) return false;
  try {
    return readlinkSync(`/proc/${pid}/exe`).startsWith(FOLDER);
  } catch {
    return false;
  }
};

// Real file systems on loop devices, to break. Needs root. Whatever a test leaves behind is taken down, the newest first.
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, truncateSync } from 'node:fs';
import { join } from 'node:path';

import { until } from '../../scripts/until.ts';

const MIB = 2 ** 20;
const run = (program: string, ...args: readonly string[]): string =>
  execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

export class Mounts {
  readonly #folder: string;
  /** By what was made: a device or a mount point. */
  readonly #undo = new Map<string, () => void>();

  /** @param folder for images and mount points */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** An empty image. @returns its path */
  image(name: string, sizeMib: number): string {
    const path = join(this.#folder, `${name}.img`);
    closeSync(openSync(path, 'w'));
    truncateSync(path, sizeMib * MIB);
    return path;
  }

  /** @returns "/dev/loopN" */
  attach(image: string): string {
    const device = run('losetup', '--find', '--show', image).trim();
    this.#undo.set(device, () => run('losetup', '--detach', device));
    return device;
  }

  /** A device that is detached may be somebody else's at once: it is not detached again. */
  detach(device: string): void {
    this.#undo.delete(device);
    run('losetup', '--detach', device);
  }

  /** @param args of mount, without the mount point. @returns the mount point */
  mount(name: string, ...args: readonly string[]): string {
    const path = this.#mountPoint(name);
    run('mount', ...args, path);
    this.#undo.set(path, () => run('umount', '--lazy', path));
    return path;
  }

  unmount(path: string): void {
    this.#undo.delete(path);
    run('umount', path);
  }

  /** NTFS by a process of its own, which can be stopped: then every question about the volume hangs, as on a dead disk. */
  async mountNtfs(name: string): Promise<{ readonly path: string; readonly daemon: (signal: NodeJS.Signals) => void }> {
    const image = this.image(name, 32);
    run('/usr/sbin/mkntfs', '--quiet', '--fast', '--force', image);
    const device = this.attach(image);
    const path = this.#mountPoint(name);
    const daemon = spawn('/usr/bin/ntfs-3g', ['-o', 'no_detach', device, path], { stdio: 'ignore' });
    this.#undo.set(path, () => {
      daemon.kill('SIGKILL'); // who waits for it is told that it is gone
      run('umount', '--lazy', path);
    });
    await until('the mount', () =>
      run('findmnt', '--noheadings', '--output', 'FSTYPE', '--target', path).includes('fuseblk'),
    );
    return { path, daemon: (signal) => void daemon.kill(signal) };
  }

  remove(): void {
    const all = [...this.#undo.values()].toReversed();
    this.#undo.clear();
    for (const undo of all) {
      try {
        undo();
      } catch {
        // perhaps it never came so far: the next is to be taken down all the same
      }
    }
  }

  #mountPoint(name: string): string {
    const path = join(this.#folder, name);
    mkdirSync(path, { recursive: true });
    return path;
  }
}

// What a .deb and an .rpm are both made from.
import type { LinuxTarget } from './targets.ts';
import type { Entry } from './tree.ts';

export type LinuxPackage = {
  /** "fettle-agent" */
  readonly name: string;
  readonly version: string;
  readonly target: LinuxTarget;
  readonly summary: string;
  /** Lines of at most 78 characters. */
  readonly description: readonly string[];
  /** Relative to "/". */
  readonly entries: readonly Entry[];
  /** Absolute path of the settings, which an upgrade leaves as they are, and whose group may read them. */
  readonly settings: { readonly path: string; readonly group: string };
  /** Absolute path of the data's folder, and whose it is. */
  readonly data: { readonly path: string; readonly user: string };
  /** What a .deb needs; an .rpm asks for the same libraries by their own names. */
  readonly depends: readonly string[];
  /** Of the package's folder in the sources, with `common.sh`, `deb` and `rpm` below. */
  readonly maintainer: string;
  /** Why lintian is not heard: one "tag context" a line, "#" before reasons. */
  readonly lintianOverrides: string;
};

/** Stock Node's own (objdump -T), so Debian 10, RHEL 8 and later. */
export const GLIBC = '2.28';

/** Whom to ask; required by both formats, and no address of a person. */
export const MAINTAINER = 'The Fettle project <packages@fettle.invalid>';
export const VENDOR = 'The Fettle project';

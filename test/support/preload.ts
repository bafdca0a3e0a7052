// A library that stands between a program and its C library, made on the spot.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * fsync(2) and fdatasync(2) fail with EIO while the file of the environment's FAIL_SYNC is there, for files below
 * FAIL_BELOW alone; as on Linux, what was to be synced then may be gone.
 */
const SOURCE = `#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static int fails(int fd) {
  const char *when = getenv("FAIL_SYNC"), *below = getenv("FAIL_BELOW");
  char link[64], path[4096];
  if (!when || !below || access(when, F_OK) != 0) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return strncmp(path, below, strlen(below)) == 0;
}
#define STAND_BETWEEN(name) int name(int fd) { \\
  if (fails(fd)) { errno = EIO; return -1; } \\
  return ((int (*)(int))dlsym(RTLD_NEXT, #name))(fd); }
STAND_BETWEEN(fsync)
STAND_BETWEEN(fdatasync)
`;

/** @returns the library, for LD_PRELOAD */
export const failingSync = (folder: string): string => {
  const [source, library] = [join(folder, 'failing-sync.c'), join(folder, 'failing-sync.so')];
  writeFileSync(source, SOURCE);
  execFileSync('/usr/bin/cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl']);
  return library;
};

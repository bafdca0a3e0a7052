// One install at a time. Each puts a claim, an empty file named after its process, into the folder; who finds no other there holds the lock.
// Of two that claim at once at least one sees the other and steps back. A dead claim is removed by its own name, never a newer one.
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 50;
/** No install takes this long: a process with that id is then another one. */
const LONGEST_MS = 60 * 60_000;

/**
 * @template T
 * @param {string} folder
 * @param {(holdFor: (pid: number) => void) => Promise<T>} work `holdFor`: should we be killed, the lock lasts until this process ends
 * @returns {Promise<T>}
 */
export const underLock = async (folder, work) => {
  makeFolder(dirname(folder));
  makeFolder(folder);
  const claim = `${process.pid}.${Date.now()}.${randomBytes(6).toString('hex')}`;
  for (let hasTold = false; !take(folder, claim); hasTold = true) {
    if (!hasTold) process.stderr.write(waiting(folder));
    await sleep(POLL_MS * (1 + Math.random())); // not in step with another that waits
  }
  try {
    return await work((pid) => writeFileSync(join(folder, claim), String(pid)));
  } finally {
    rmSync(join(folder, claim), { force: true });
  }
};

/** Step by step: `recursive` hides why a folder could not be made. @param {string} folder */
const makeFolder = (folder) => {
  try {
    mkdirSync(folder);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  }
};

/** @param {string} folder */
const waiting = (folder) => `waiting for another start to finish installing (if there is none, delete ${folder}) …\n`;

/** @param {string} folder @param {string} claim */
const take = (folder, claim) => {
  if (others(folder, claim).length > 0) return false;
  writeFileSync(join(folder, claim), '');
  if (others(folder, claim).length === 0) return true;
  rmSync(join(folder, claim), { force: true });
  return false;
};

/** The living claims but ours; dead ones are removed. @param {string} folder @param {string} claim */
const others = (folder, claim) =>
  readdirSync(folder).filter((name) => {
    if (name === claim) return false;
    const isLiving = isOfThisBoot(name) && isHeld(folder, name);
    if (!isLiving) rmSync(join(folder, name), { force: true });
    return isLiving;
  });

/** Process ids start anew at each boot. @param {string} claim */
const isOfThisBoot = (claim) => {
  const ageMs = Date.now() - Number(claim.split('.')[1]);
  return ageMs < Math.min(uptime() * 1000, LONGEST_MS);
};

/** By its owner, or by the program that its owner started. @param {string} folder @param {string} claim */
const isHeld = (folder, claim) => {
  try {
    const heldFor = readFileSync(join(folder, claim), 'utf8');
    return isOtherRunning(Number.parseInt(claim, 10)) || isOtherRunning(Number(heldFor));
  } catch (error) {
    if (isCode(error, 'ENOENT')) return false; // released meanwhile
    throw error;
  }
};

/** @param {number} pid an id like our own is left from another life, as in a container started anew */
const isOtherRunning = (pid) => {
  if (!(pid > 0) || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return isCode(error, 'EPERM');
  }
};

/** Dead, but never collected by its parent: usual for what was left behind in a container. @param {number} pid */
const isZombie = (pid) => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false; // only Linux tells
  }
};

/** @param {unknown} error @param {string} code */
const isCode = (error, code) => error instanceof Error && 'code' in error && error.code === code;

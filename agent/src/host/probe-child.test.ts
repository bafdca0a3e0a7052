// The child that gathers what can hang: a real one each time, and nothing of it is left whatever it does.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, describe, expect, it, vi } from 'vitest';

import { missing, needs } from '../../../test/support/needs.ts';
import { NOTHING_DECLARED } from '../config/config.ts';
import { ProbeChild, type Self } from './probe-child.ts';

const folder = mkdtempSync(join(tmpdir(), 'fettle-probe-'));
afterAll(() => rmSync(folder, { recursive: true }));
vi.setConfig({ testTimeout: 30_000 });

const DEADLINE_MS = 20_000;
const never = new AbortController().signal;
const frame = "'@fettle:inventory '";
const SAYS_NOTHING = 'inventory: the child ended with 0 and without an answer';

/** The first line of its input, in the words of such a script. */
const LINE = `((bytes) => bytes.toString('utf8', 0, require('node:fs').readSync(0, bytes)).trim())(Buffer.alloc(65536))`;

/** This Node, running a script in place of the agent. */
const script = (text: string): Self => ({ executable: process.execPath, leading: ['-e', text] });
const childOf = (self: Self, deadlineMs = DEADLINE_MS) =>
  new ProbeChild({ self, memoryFolder: folder, declared: NOTHING_DECLARED, keeps: true, deadlineMs });
const probe = (text: string, deadlineMs = DEADLINE_MS, signal = never) =>
  childOf(script(text), deadlineMs).ask('inventory', signal);

describe('what the child says', () => {
  it('is the framed line, whatever stands around it', async () => {
    const text = `console.log('a tool says hello\\n@fettle:other {}\\n' + ${frame} + '{"a":[1]}\\nand goodbye')`;
    expect(await probe(text)).toEqual({ a: [1] });
  });

  it('comes in any number of pieces', async () => {
    const text = `const s = ${frame} + JSON.stringify('é'.repeat(3e5)) + '\\n'; for (let i = 0; i < s.length; i += 7777) process.stdout.write(s.slice(i, i + 7777))`;
    expect(await probe(text)).toBe('é'.repeat(300_000));
  });

  it.each<[string, string, string, string]>([
    ['nothing', '', 'service_broken', SAYS_NOTHING],
    ['noise', 'process.stdout.write(Buffer.alloc(4096, 200))', 'service_broken', SAYS_NOTHING],
    ['half a line', `console.log(${frame} + '{"a":')`, 'parse_error', 'inventory: SyntaxError'],
    [
      'too much',
      "process.stdout.write('x'.repeat(9e6)); setInterval(() => {}, 1e3)",
      'parse_error',
      'more than 8388608 bytes',
    ],
    ['nothing, and dies', "process.kill(process.pid, 'SIGTERM')", 'service_broken', 'the child ended with SIGTERM'],
    ['nothing, and fails', 'process.exit(3)', 'service_broken', 'the child ended with 3'],
  ])('%s: is a reason', async (_name, text, code, message) => {
    const reason: unknown = await probe(text).catch((error: unknown) => error);
    expect(reason).toMatchObject({ name: 'HostError', code });
    expect(String(reason)).toContain(message);
  });

  it('a program that is not there is a reason too', async () => {
    const self = { executable: join(folder, 'none'), leading: [] };
    await expect(childOf(self).ask('inventory', never)).rejects.toMatchObject({ code: 'tool_missing' });
  });

  it('it is told what is wanted, and gets nothing of our surroundings', async () => {
    vi.stubEnv('FETTLE_SECRET', 'x');
    const found = await probe(`console.log(${frame} + JSON.stringify([process.argv[1], process.env, ${LINE}]))`);
    vi.unstubAllEnvs();
    const asked = JSON.stringify({
      collectors: ['inventory'],
      memoryFolder: folder,
      declared: NOTHING_DECLARED,
      keeps: true,
    });
    expect(found).toMatchObject(['probe', { LC_ALL: 'C', PATH: '/usr/sbin:/usr/bin:/sbin:/bin' }, asked]);
    expect(JSON.stringify(found)).not.toContain('FETTLE_SECRET');
  });

  it('of the real program is an inventory', async () => {
    const main = fileURLToPath(new URL('../main.ts', import.meta.url));
    const found = await childOf({ executable: process.execPath, leading: [main] }).ask('inventory', never);
    expect(found).toMatchObject({
      source: expect.stringContaining('systeminformation') as string,
      cost: { children: 1 },
    });
  });
});

describe('what is asked at one moment', () => {
  /** Answers each of its collectors with its own process id, but for those that are to hang or fail. */
  const FAMILY = `
    const { collectors } = JSON.parse(${LINE});
    for (const id of collectors) if (id !== 'mute') console.log('@fettle:' + id + ' ' + process.pid);
    if (collectors.includes('mute')) setInterval(() => {}, 1e3);`;

  it('shares one child; what is asked while it is at work gets the next', async () => {
    const child = childOf(script(FAMILY));
    const [one, other] = await Promise.all([child.ask('a', never), child.ask('b', never)]);
    expect(one).toBe(other);
    const [third, fourth] = await Promise.all([child.ask('a', never), child.ask('b', never)]);
    expect(third).toBe(fourth);
    expect(third).not.toBe(one);
  });

  it('one that gives no answer loses nothing but itself', async () => {
    const child = childOf(script(FAMILY), 2_000);
    const [mute, good] = await Promise.allSettled([child.ask('mute', never), child.ask('good', never)]);
    expect(good).toMatchObject({ status: 'fulfilled' });
    expect(mute).toMatchObject({
      status: 'rejected',
      reason: { code: 'timeout', message: /^mute: no answer within 2 s/ },
    });
  });
});

/** Running, and not merely waiting for its parent to look. */
const isAlive = (pid: number): boolean => {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

const { skip, why } = missing(needs.linux);

describe.skipIf(skip)(`what the child leaves behind${why}`, () => {
  const pids = join(folder, 'pids');
  const readPids = (): readonly number[] => {
    const [parent = 0, child = 0] = readFileSync(pids, 'utf8').split(' ').map(Number);
    return [parent, child];
  };
  /** A child with a child of its own, both named in a file once they run. */
  const family = (options: string, then: string) =>
    `const child = require('node:child_process').spawn('sleep', ['600'], ${options});
     require('node:fs').writeFileSync('${pids}', process.pid + ' ' + child.pid);
     ${then}`;
  const HANGS = 'setInterval(() => {}, 1e3)';
  const ENDS = `process.stdout.write(${frame} + '{}\\n', () => process.exit())`;
  const begun = () => vi.waitFor(() => expect(existsSync(pids)).toBe(true), 10_000);
  /** Past a deadline that leaves the family the time to begin, on a slow machine as well. */
  const pastDeadline = async (text: string): Promise<unknown> => {
    for (const deadlineMs of [1_000, 4_000, 16_000]) {
      rmSync(pids, { force: true });
      const answer = await probe(text, deadlineMs).catch((error: unknown) => error);
      if (existsSync(pids)) return answer;
    }
    throw new Error('the child did not even begin');
  };
  const allGone = () => vi.waitFor(() => expect(readPids().filter(isAlive)).toEqual([]), 5_000);

  it('past its deadline: nothing, nor of its children', async () => {
    expect(await pastDeadline(family("{ stdio: 'ignore' }", HANGS))).toMatchObject({ code: 'timeout' });
    await allGone();
    // reaped as well: a dead child that nobody asks about would keep its place
    await vi.waitFor(() => expect(existsSync(`/proc/${readPids()[0]}`)).toBe(false), 5_000);
  });

  it.each(["'ignore'", "['ignore', 'inherit', 'ignore']"])(
    'done: no child of its own either, and a pipe that such a one holds is not waited for (stdio %s)',
    async (stdio) => {
      rmSync(pids, { force: true });
      expect(await probe(family(`{ stdio: ${stdio} }`, ENDS))).toEqual({});
      await allGone();
    },
  );

  it('a program that left the group holds up nobody', async () => {
    const options = "{ detached: true, stdio: ['ignore', 'inherit', 'ignore'] }";
    rmSync(pids, { force: true });
    const child = childOf(script(family(options, ENDS)));
    expect(await child.ask('inventory', never)).toEqual({});
    expect(await child.ask('inventory', never)).toEqual({});
    const [, escaped = 0] = readPids();
    expect(isAlive(escaped)).toBe(true);
    process.kill(escaped, 'SIGKILL');
  });

  it('nobody waits any more: it ends at once', async () => {
    rmSync(pids, { force: true });
    const aborter = new AbortController();
    const reason = expect(probe(family("{ stdio: 'ignore' }", HANGS), DEADLINE_MS, aborter.signal)).rejects;
    await begun();
    aborter.abort();
    await reason.toMatchObject({ code: 'timeout', message: 'nobody waits for the child any more' });
    await allGone();
  });

  it('nobody ever waited: it is not begun', async () => {
    rmSync(pids, { force: true });
    await expect(probe(family("{ stdio: 'ignore' }", ENDS), DEADLINE_MS, AbortSignal.abort())).rejects.toMatchObject({
      code: 'timeout',
    });
    expect(existsSync(pids)).toBe(false);
  });
});

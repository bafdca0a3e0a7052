// The child that looks at targets, for real: it is there only when it is asked for, comes back when it dies, and never stays behind.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type Server, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';

import { until } from '../../../scripts/until.ts';
import { missing, needs } from '../../../test/support/needs.ts';
import type { Declared } from '../config/declared.schema.ts';
import { ChecksChild } from './checks-child.ts';
import type { Self } from './probe-child.ts';

const folder = mkdtempSync(join(tmpdir(), 'fettle-checks-'));
afterAll(() => rmSync(folder, { recursive: true }));
vi.setConfig({ testTimeout: 30_000 });

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
const agent: Self = { executable: process.execPath, leading: [main] };
/** This Node, running a script in place of the agent. */
const script = (text: string): Self => ({ executable: process.execPath, leading: ['-e', text] });

const ONE: Declared['check'] = [{ name: 'a', kind: 'tcp', host: '127.0.0.1', port: 9 }];

const childOf = (self: Self, checks = ONE, pauseMs = 1): ChecksChild => {
  const child = new ChecksChild({ self, checks, pauseMs });
  onTestFinished(() => child.stop());
  return child;
};

const isThere = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    // one that has ended and that nobody has asked about is there no more
    return !existsSync('/proc') || !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

const listening = async (): Promise<number> => {
  const server: Server = createServer((socket) => socket.destroy());
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

const news = (child: ChecksChild, check = 0) => until('a line', () => child.news().lines.get(check));

describe('the child that looks at targets', () => {
  it('is started by the first question, and tells what it finds', async () => {
    const child = childOf(agent, [{ name: 'site', kind: 'tcp', host: '127.0.0.1', port: await listening() }]);
    expect(child.pid).toBeUndefined();
    expect((await news(child)).value).toMatchObject({ check: 0, verdict: 'passed' });
    expect((await news(child)).ageMs).toBeGreaterThanOrEqual(0);
    expect(child.news()).not.toHaveProperty('problem');
  });

  it('tells what it costs, once', async () => {
    const line = '{"check":0,"cost":{"cpuMs":5,"children":2,"bytes":7}}';
    const child = childOf(script(`console.log('${line}'); console.log('${line}'); setInterval(() => {}, 1e3)`));
    let children = 0;
    await until('both lines', () => {
      children += child.news().cost.children;
      return children >= 5;
    });
    expect(children).toBe(5); // itself too
    expect(child.news().cost).toEqual({ cpuMs: 0, children: 0, bytes: 0 });
  });

  it('is started again when it was killed, and what it had told stands meanwhile', async () => {
    const child = childOf(agent, [{ name: 'site', kind: 'tcp', host: '127.0.0.1', port: await listening() }]);
    await news(child);
    const { pid = 0 } = child;
    process.kill(pid, 'SIGKILL');
    await until('its end', () => child.pid !== pid);
    expect(child.news().lines.get(0)?.value).toMatchObject({ verdict: 'passed' });
    const { pid: next = 0 } = child;
    expect([0, pid]).not.toContain(next);
    const young = await until('a new line', () => {
      const line = child.news().lines.get(0);
      return line && line.ageMs < 200 && line;
    });
    expect(young.value).toMatchObject({ verdict: 'passed' });
  });

  it.each([
    ['ends at once', 'process.exit(3)', 'ended with 3'],
    ['is killed', "process.kill(process.pid, 'SIGTERM')", 'ended with SIGTERM'],
    ['writes without end and without a line', "setInterval(() => process.stdout.write('x'.repeat(1e5)), 1)", 'SIGKILL'],
  ])('one that %s is a problem, and is not started again at once', async (_what, text, words) => {
    const child = childOf(script(text), ONE, 60_000);
    const problem = await until('the problem', () => child.news().problem);
    expect(problem).toMatchObject({ code: 'service_broken' });
    expect(problem.message).toContain(words);
    child.news();
    expect(child.pid).toBeUndefined();
  });

  it('a program that is not there is a problem too', async () => {
    const child = childOf({ executable: join(folder, 'none'), leading: [] }, ONE, 60_000);
    expect((await until('the problem', () => child.news().problem)).message).toContain('did not start');
  });

  it.each(['noise', '{"check":', '{"check":7}', '{"check":"0"}', 'null', '[]', '{"check":-1}'])(
    'passes over a line that is no answer: %s',
    async (line) => {
      const text = `console.log(${JSON.stringify(line)}); console.log('{"check":0,"ok":1}'); setInterval(() => {}, 1e3)`;
      const child = childOf(script(text));
      expect((await news(child)).value).toEqual({ check: 0, ok: 1 });
      expect(child.news().lines.size).toBe(1);
    },
  );
});

const { skip, why } = missing(needs.linux);

describe.skipIf(skip)(`nothing of it stays behind${why}`, () => {
  const sleeper =
    "const c = require('child_process').spawn('sleep', ['300']); console.log(JSON.stringify({ check: 0, pid: c.pid })); setInterval(() => {}, 1e3)";
  const grandchild = async (child: ChecksChild): Promise<number> => {
    const { value } = await news(child);
    return typeof value === 'object' && value !== null && 'pid' in value ? Number(value.pid) : 0;
  };

  it('when it is stopped: what it started ends with it', async () => {
    const child = childOf(script(sleeper));
    const started = await grandchild(child);
    expect(isThere(started)).toBe(true);
    child.stop();
    await until('the end of both', () => !isThere(started) && child.pid === undefined);
    child.news();
    expect(child.pid).toBeUndefined();
  });

  it('when it dies: what it started ends too', async () => {
    const child = childOf(script(sleeper), ONE, 60_000);
    const started = await grandchild(child);
    process.kill(child.pid ?? 0, 'SIGKILL');
    await until('the end of both', () => !isThere(started));
  });

  /** Another process that has such a child, and says its number. */
  const owner = async (
    end: string,
    self = agent,
  ): Promise<{ readonly process: ChildProcess; readonly child: number }> => {
    const path = join(folder, 'owner.ts');
    const module = JSON.stringify(new URL('checks-child.ts', import.meta.url).href);
    writeFileSync(
      path.replace('.ts', '.mts'),
      `import { ChecksChild } from ${module};
       const child = new ChecksChild(${JSON.stringify({ self, checks: ONE })});
       child.news();
       console.log(child.pid);
       ${end}`,
    );
    const started = spawn(process.execPath, [path.replace('.ts', '.mts')], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void started.kill('SIGKILL'));
    const [line] = (await once(createInterface({ input: started.stdout }), 'line')) as [string];
    return { process: started, child: Number(line) };
  };

  it('when whoever asked is killed', async () => {
    const { process: asking, child } = await owner('setInterval(() => {}, 1e3)');
    expect(isThere(child)).toBe(true);
    asking.kill('SIGKILL');
    await until('its end', () => !isThere(child));
  });

  it('when whoever asked ends, although it does not hear of it', async () => {
    const { process: asking, child } = await owner('', script('setInterval(() => {}, 1e3)'));
    if (asking.exitCode === null) await once(asking, 'exit');
    await until('its end', () => !isThere(child));
  });

  it('when whoever asked has nothing else to do: it does not hold him', async () => {
    const { process: asking, child } = await owner('');
    if (asking.exitCode === null) await once(asking, 'exit');
    await until('its end', () => !isThere(child));
  });
});

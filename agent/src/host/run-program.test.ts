// Programs that are started: real ones, that hang, shout, mumble and lie.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it, vi } from 'vitest';

import { missing, needs } from '../../../test/support/needs.ts';
import { installProgram } from '../collect/fixture.ts';
import { LATE } from './host.ts';
import { findProgram } from './programs.ts';
import { runProgram } from './run-program.ts';

const folder = mkdtempSync(join(tmpdir(), 'fettle-program-'));
afterAll(() => rmSync(folder, { recursive: true }));
vi.setConfig({ testTimeout: 30_000 });

const { skip, why } = missing(needs.linux);
const run = (script: string, options?: Parameters<typeof runProgram>[2]) => {
  installProgram(folder, 'usr/bin/tool', script);
  return runProgram(join(folder, 'usr/bin/tool'), ['-a', 'b c'], options);
};

describe.skipIf(skip)(`a program${why}`, () => {
  it('gets its words as they are, the C locale, a fixed PATH, and nothing of our surroundings', async () => {
    vi.stubEnv('LC_ALL', 'de_DE.UTF-8');
    vi.stubEnv('FETTLE_SECRET', 'x');
    const { code, stdout } = await run('printf "%s|" "$@"; pwd; env', { env: { MORE: '1' } });
    vi.unstubAllEnvs();
    const [words, ...env] = stdout.trim().split('\n');
    expect([code, words]).toEqual([0, '-a|b c|/']);
    expect(env).toEqual(expect.arrayContaining(['LC_ALL=C', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'MORE=1']));
    expect(env.join()).not.toContain('FETTLE_SECRET');
  });

  it('is told apart by its exit code, what it said and what it complained of', async () => {
    expect(await run('echo yes; echo no >&2; exit 4')).toEqual({ code: 4, stdout: 'yes\n', stderr: 'no\n' });
    await expect(run('echo "no such thing" >&2; exit 4', { codes: [0, 1] })).rejects.toMatchObject({
      code: 'service_broken',
      message: 'tool ended with 4: no such thing',
    });
  });

  it.each([
    ['UTF-8 with a mark', String.raw`\357\273\277caf\303\251`, 'café'],
    ['UTF-16', String.raw`\377\376c\000\351\000`, 'cé'],
    ['UTF-16 without a mark', String.raw`c\000\351\000f\000`, 'céf'],
    ['no text at all', String.raw`\200\377x`, '\u{FFFD}\u{FFFD}x'],
  ])('may write %s', async (_name, bytes, text) => {
    expect((await run(`printf '${bytes}'`)).stdout).toBe(text);
  });

  it('that does not end may have said enough', async () => {
    const late = await run('echo yes; sleep 600', { timeoutMs: 300, takesLate: true });
    expect(late).toEqual({ code: LATE, stdout: 'yes\n', stderr: '' });
  });

  it.each<[string, string, string, string]>([
    ['never ends', 'sleep 600', 'timeout', 'tool did not end within 0.3 s'],
    ['never ends and holds its pipes by another', 'sleep 600 & sleep 600', 'timeout', 'tool did not end'],
    ['writes without end', 'yes', 'parse_error', 'tool wrote more than 1048576 bytes'],
    ['complains without end', 'yes >&2', 'parse_error', 'tool wrote more than 1048576 bytes'],
    ['kills itself', 'kill -9 $$', 'service_broken', 'tool was ended by SIGKILL'],
  ])('one that %s is a reason', async (_name, script, code, message) => {
    const begunMs = performance.now();
    const reason: unknown = await run(script, { timeoutMs: script.includes('sleep') ? 300 : 20_000 }).catch(
      (error: unknown) => error,
    );
    expect(reason).toMatchObject({ name: 'HostError', code });
    expect(String(reason)).toContain(message);
    expect(performance.now() - begunMs).toBeLessThan(15_000);
  });

  it.each([
    [join(folder, 'none'), 'tool_missing', 'none is not installed'],
    [folder, 'permission', 'may not be started'],
    ['tool', 'tool_missing', 'tool is no absolute path'],
  ])('%s is none', async (path, code, message) => {
    await expect(runProgram(path, [])).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
    });
  });
});

describe.skipIf(skip)(`a known program${why}`, () => {
  it('is looked for where the system has them, never along PATH', () => {
    const machine = mkdtempSync(join(folder, 'machine-'));
    installProgram(machine, 'planted/smartctl', 'exit 0');
    vi.stubEnv('PATH', `${join(machine, 'planted')}:.`);
    expect(findProgram('smartctl', machine)).toBeUndefined();
    vi.unstubAllEnvs();
    installProgram(machine, 'usr/local/sbin/smartctl', 'exit 0');
    expect(findProgram('smartctl', machine)).toBe(join(machine, 'usr/local/sbin/smartctl'));
    installProgram(machine, 'usr/sbin/smartctl', 'exit 0');
    expect(findProgram('smartctl', machine)).toBe(join(machine, 'usr/sbin/smartctl'));
  });

  it('of Windows is looked for in its own folder, and nothing of another system is', () => {
    const machine = mkdtempSync(join(folder, 'windows-'));
    installProgram(machine, 'usr/sbin/smartctl', 'exit 0');
    installProgram(machine, 'C:/Windows/System32/wevtutil.exe', 'exit 0');
    expect(findProgram('smartctl', machine, 'windows')).toBeUndefined();
    expect(findProgram('wevtutil', machine, 'windows')).toBe(join(machine, 'C:/Windows/System32/wevtutil.exe'));
    installProgram(machine, 'C:/Program Files/smartmontools/bin/smartctl.exe', 'exit 0');
    expect(findProgram('smartctl', machine, 'windows')).toBe(
      join(machine, 'C:/Program Files/smartmontools/bin/smartctl.exe'),
    );
  });
});

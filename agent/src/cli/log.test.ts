// The log of the resident agent, as whoever collects it finds it: written by a process of its own.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { expect, it } from 'vitest';

const log = fileURLToPath(new URL('log.ts', import.meta.url));
const linesOf = (script: string, stdio: 'pipe' | 'ignore' = 'pipe') => {
  const code = `import { stderrLog } from ${JSON.stringify(log)}; ${script}; console.log('went on')`;
  const { stderr, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', stdio],
  });
  return { stdout, lines: (stderr ?? '').split('\n').filter(Boolean) };
};

it('has a line of JSON for each message, with its level, its time and what belongs to it', () => {
  const fromMs = Date.now();
  const { lines } = linesOf(`stderrLog('info').warn('two\\nlines', { detail: 'why', count: 2 })`);
  const [line] = lines.map((text) => JSON.parse(text) as Record<string, unknown>);
  expect(line).toEqual({ level: 40, time: expect.any(Number) as number, detail: 'why', count: 2, msg: 'two\nlines' });
  expect(line?.['time']).toBeGreaterThanOrEqual(fromMs);
});

it.each([
  ['debug', ['i', 'w']],
  ['info', ['i', 'w']],
  ['warn', ['w']],
  ['error', []],
])('from %s on it says no more than that', (least, said) => {
  const { lines } = linesOf(`const it = stderrLog('${least}'); it.info('i'); it.warn('w')`);
  expect(lines.map((text) => (JSON.parse(text) as { msg: string }).msg)).toEqual(said);
});

it('that nobody takes holds up nobody', () => {
  expect(linesOf(`(await import('node:fs')).closeSync(2); stderrLog('info').info('x')`).stdout).toBe('went on\n');
});

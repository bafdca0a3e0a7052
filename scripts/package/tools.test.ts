import { describe, expect, it } from 'vitest';

import { requireTools, runTool } from './tools.ts';

const shell = { program: 'sh', debian: 'dash' };

describe('the tools of a package', () => {
  it('are all missed at once, with what brings them', () => {
    const absent = ['one', 'two'].map((name) => ({ program: `fettle-no-${name}`, debian: `package-${name}` }));
    expect(() => requireTools([shell, ...absent])).toThrow(
      'Missing: fettle-no-one, fettle-no-two. On Debian: apt-get install package-one package-two',
    );
    expect(() => requireTools([shell])).not.toThrow();
  });

  it('see no setting of this machine, and what they say is told when they fail', async () => {
    const seen = runTool(shell, ['-c', 'echo $LC_ALL $TZ $OWN'], { env: { OWN: 'own' } });
    expect(await seen).toBe('C.UTF-8 UTC own\n');
    const failed = runTool(shell, ['-c', 'echo half; echo no room >&2; exit 3']);
    await expect(failed).rejects.toThrow('sh failed: half\nno room');
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { missing, needs } from '../../../test/support/needs.ts';
import { installProgram } from '../collect/fixture.ts';
import { endingOf } from './ending.ts';

const folder = mkdtempSync(join(tmpdir(), 'fettle-ending-'));
afterAll(() => rmSync(folder, { recursive: true }));

const { skip, why } = missing(needs.linux);
const asked = (script: string) => {
  installProgram(folder, 'usr/bin/systemctl', script);
  return endingOf(folder);
};
const jobs = (...lines: readonly string[]) => `[ "$1" = list-jobs ] && cat <<'END'\n${lines.join('\n')}\nEND`;
const OWN_STOP = ' 1302 fettle-agent.service     stop  running';

describe.skipIf(skip)(`the end of an agent${why}`, () => {
  it.each([
    ['stop', 'by hand', [OWN_STOP]],
    ['reboot', 'by a restart', [OWN_STOP, ' 1301 shutdown.target start waiting', ' 1299 reboot.target  start waiting']],
    [
      'shutdown',
      'by a shutdown',
      [' 1301 shutdown.target start waiting', OWN_STOP, ' 1299 poweroff.target start waiting'],
    ],
    ['shutdown', 'by a halt', ['   77 halt.target     start waiting']],
    ['reboot', 'by another kernel', ['   77 kexec.target     start waiting']],
    ['stop', 'while a shutdown is taken back', ['   77 reboot.target    stop  waiting']],
    [
      'stop',
      'beside a service that is called so',
      ['   77 my-reboot.target start waiting', ' 78 reboot.target.service start waiting'],
    ],
  ] as const)('is a %s %s', async (ending, _by, lines) => {
    expect(await asked(jobs(...lines))).toBe(ending);
  });

  it('is a stop where nobody can say', async () => {
    expect(await asked('echo "Failed to connect to bus" >&2; exit 1')).toBe('stop');
    expect(await asked('sleep 60')).toBe('stop');
    expect(await endingOf(join(folder, 'none'))).toBe('stop');
  });
});

// Answers of sc.exe, written after those of Windows in English and German (synthetic), and as Wine gives them.
import { describe, expect, it } from 'vitest';

import { scStatusOf } from './sc-status.parse.ts';

const ENGLISH = `
SERVICE_NAME: FettleAgent
        TYPE               : 10  WIN32_OWN_PROCESS
        STATE              : 4  RUNNING
                                (STOPPABLE, NOT_PAUSABLE, ACCEPTS_PRESHUTDOWN)
        WIN32_EXIT_CODE    : 0  (0x0)
        SERVICE_EXIT_CODE  : 0  (0x0)
        CHECKPOINT         : 0x0
        WAIT_HINT          : 0x0
        PID                : 4312
        FLAGS              :
`.replaceAll('\n', '\r\n');
const GERMAN = `
SERVICE_NAME: FettleAgent
        TYP                : 10  WIN32_OWN_PROCESS
        STATUS             : 1  STOPPED
        WIN32_EXITCODE     : 1067  (0x42b)
        DIENST_EXITCODE    : 0  (0x0)
        PRÜFPUNKT          : 0x0
        WARTEHINWEIS       : 0x0
        PID                : 0
        FLAGS              :
`;
const CONFIGURED = `
        TYPE               : 10  WIN32_OWN_PROCESS
        START_TYPE         : 2   AUTO_START  (DELAYED)
`;

describe('what sc.exe says', () => {
  it('runs', () => {
    expect(scStatusOf(ENGLISH, CONFIGURED)).toStrictEqual({
      manager: 'Windows',
      installed: true,
      enabled: true,
      state: 'running',
      pid: 4312,
    });
  });

  it('has ended, in another language, and starts by hand', () => {
    expect(scStatusOf(GERMAN, '        STARTTYP : 3   DEMAND_START')).toStrictEqual({
      manager: 'Windows',
      installed: true,
      enabled: false,
      state: 'stopped',
      detail: 'it ended with error 1067',
    });
  });

  it('has never been started, which is no error', () => {
    const never = GERMAN.replace('1067  (0x42b)', '1077  (0x435)');
    expect(scStatusOf(never, CONFIGURED)).not.toHaveProperty('detail');
  });

  it.each([
    ['no such service', '', false],
    ['garbage', 'what?\u0000', true],
    ['half an answer', ENGLISH.slice(0, 40), true],
  ])('%s', (_what, text, installed) => {
    const status = scStatusOf(text, '');
    expect(status).toStrictEqual({ manager: 'Windows', installed, enabled: false, state: 'stopped' });
  });
});

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
`.replaceAll('\n', '\r\n');
const GERMAN = `
SERVICE_NAME: FettleAgent
        TYP                : 10  WIN32_OWN_PROCESS
        STATUS             : 1  STOPPED
        WIN32_EXITCODE     : 1067  (0x42b)
        DIENST_EXITCODE    : 0  (0x0)
        PRÜFPUNKT          : 0x0
        WARTEHINWEIS       : 0x0
`;
const registered = (start: number) =>
  `
HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\FettleAgent
    DisplayName    REG_SZ    Fettle agent
    Start    REG_DWORD    0x${start}
`.replaceAll('\n', '\r\n');

describe('what sc.exe says', () => {
  it('runs', () => {
    expect(scStatusOf(ENGLISH, registered(2))).toStrictEqual({
      manager: 'Windows',
      installed: true,
      enabled: true,
      state: 'running',
    });
  });

  it('has ended, in another language, and starts by hand', () => {
    expect(scStatusOf(GERMAN, registered(3))).toStrictEqual({
      manager: 'Windows',
      installed: true,
      enabled: false,
      state: 'stopped',
      detail: 'it ended with error 1067',
    });
  });

  it('has never been started, which is no error', () => {
    const never = GERMAN.replace('1067  (0x42b)', '1077  (0x435)');
    expect(scStatusOf(never, registered(2))).not.toHaveProperty('detail');
  });

  it('is not there', () => {
    const status = { manager: 'Windows', installed: false, enabled: false, state: 'stopped' };
    expect(scStatusOf('', '')).toStrictEqual(status);
  });

  it.each(['what?\u0000', ENGLISH.slice(0, 40)])('half an answer or another: %j', (text) => {
    const status = { manager: 'Windows', installed: true, enabled: true, state: 'stopped' };
    expect(scStatusOf(text, registered(2))).toStrictEqual(status);
  });
});

// What is said of the collectors, of the agent and of its files.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { ReasonCode } from '@fettle/shared/wire/record.schema';
import { afterAll, describe, expect, it } from 'vitest';

import { VERSION } from '../../version.ts';
import type { AgentNow } from '../status.ts';
import { agentFindings } from './agent-findings.ts';
import { type Report, collectorFindings } from './collector-findings.ts';
import { linesOf } from './finding.ts';
import { configFindings, dataFolderFindings } from './place-findings.ts';

const account = { runs: 1, failures: 0, cpuMs: 12, children: 2, bytes: 2_048, lastAt: 1 };

describe('a collector', () => {
  const find = (one: Report[number], resident: Report = []) =>
    linesOf(collectorFindings({ report: [one], partial: [] }, resident));

  it('that reads: from where, and what it cost now and since the agent runs', () => {
    const good = { id: 'smart', ok: true, source: 'smartctl', ledger: account } as const;
    const resident = [{ ...good, ledger: { ...account, runs: 9, cpuMs: 99 } }];
    const [line] = find(good, resident);
    expect(line?.replaceAll('\u00A0', ' ')).toBe(
      'ok  reads smart  smartctl [now: 12 ms CPU, 2 programs, 2 KiB read; by the agent: 9 runs, 99 ms CPU, 2 programs, 2 KiB read]',
    );
  });

  it.each<[ReasonCode, string]>([
    ['no_hardware', 'ok'],
    ['virtual', 'ok'],
    ['not_on_this_os', 'ok'],
    ['tool_missing', 'warn'],
    ['permission', 'warn'],
    ['timeout', 'warn'],
  ])('that cannot read for %s is %s, with what to do', (code, level) => {
    const reason = { code, detail: 'so it is', fix: 'mend it' };
    expect(find({ id: 'x', ok: false, reason })).toEqual([
      `${level}  reads x  not available (${code}): so it is → mend it`,
    ]);
  });

  it('that failed needs a person, also when it was the agent’s', () => {
    const ledger = { ...account, children: 0, lastReason: { code: 'timeout' as const, detail: 'no answer' } };
    const failed = { id: 'x', ok: true, source: 's', ledger } as const;
    const well = { id: 'x', ok: true, source: 's' } as const;
    expect(find(failed)[0]).toMatch(/^fail {2}reads x {2}timeout: no answer/);
    expect(find(well, [failed])[0]).toMatch(/^fail {2}reads x {2}timeout: no answer/);
  });

  it('that reads only in part says which', () => {
    const report: Report = [{ id: 'x', ok: true, source: 's' }];
    const partial = [{ collector: 'x', code: 'permission' as const, detail: '/dev/sda' }];
    expect(linesOf(collectorFindings({ report, partial }))).toEqual([
      'ok    reads x  s',
      'warn  reads x  in part (permission): /dev/sda',
    ]);
  });
});

describe('the agent', () => {
  const lane = { pending: 0, dropped: 0 };
  const well: AgentNow = {
    atMs: 1,
    pid: 7,
    version: VERSION,
    deviceId: 'd',
    serverUrl: 'https://fettle.example',
    link: { state: 'open', lastError: '' },
    lanes: { alerts: lane, metrics: lane },
    leftOut: [],
    openAlerts: [],
    failures: 0,
    running: true,
    connected: true,
    ageMs: 5_000,
  };
  const worst = (now: AgentNow | undefined) =>
    agentFindings(now)
      .filter(({ level }) => level !== 'ok')
      .map(({ level, about, text }) => `${level} ${about}: ${text}`);

  it.each<[what: string, now: AgentNow | undefined, expected: readonly RegExp[]]>([
    ['all well', well, []],
    ['never started', undefined, [/^fail agent: has never run/]],
    ['stopped', { ...well, running: false }, [/^fail agent: does not run, last heard of 5/]],
    [
      'cut off',
      { ...well, connected: false, link: { state: 'waiting', lastError: 'ECONNREFUSED' } },
      [/^fail link: not connected: ECONNREFUSED/],
    ],
    ['an old one', { ...well, version: '0.0.1' }, [/^warn version: the one that runs is 0\.0\.1/]],
    [
      'losses',
      { ...well, lanes: { alerts: lane, metrics: { pending: 0, dropped: 3 } } },
      [/^warn queue: .* 3 batches/],
    ],
    ['a rule of a newer server', { ...well, leftOut: [{ rule: 'x', why: 'new' }] }, [/^warn rule x: not judged: new/]],
    ['failures', { ...well, failures: 2 }, [/^warn agent: 2 failures/]],
  ])('%s', (_what, now, expected) => {
    expect(worst(now)).toEqual(expected.map((text): unknown => expect.stringMatching(text)));
  });
});

describe('its files', () => {
  const root = mkdtempSync(join(tmpdir(), 'fettle-place-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  const levels = async (findings: ReturnType<typeof dataFolderFindings>) =>
    (await findings).map(({ level, about }) => `${level} ${about}`);

  it('a folder of its own, with room', async () => {
    const folder = join(root, 'own');
    mkdirSync(folder, { mode: 0o700 });
    expect(await levels(dataFolderFindings(folder))).toEqual(['ok data folder', expect.stringMatching(/^\w+ room$/)]);
  });

  it('a folder that all can enter', async () => {
    const folder = join(root, 'open');
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    expect((await dataFolderFindings(folder))[0]).toMatchObject({ level: 'warn', fix: `chmod 700 ${folder}` });
  });

  it('a folder that is not there yet: the room is that of the one above', async () => {
    expect(await levels(dataFolderFindings(join(root, 'none', 'deeper')))).toEqual([
      'warn data folder',
      expect.stringMatching(/^\w+ room$/),
    ]);
  });

  it('a file in its place needs a person', async () => {
    writeFileSync(join(root, 'file'), '');
    expect(await levels(dataFolderFindings(join(root, 'file', 'x')))).toEqual(['fail data folder']);
  });

  it('a configuration that others can change', async () => {
    const path = join(root, 'agent.toml');
    writeFileSync(path, '');
    chmodSync(path, 0o646);
    expect(await configFindings([path])).toEqual([
      { level: 'warn', about: 'configuration', text: `${path} can be changed by others`, fix: `chmod go-w ${path}` },
    ]);
    chmodSync(path, 0o640);
    expect(await configFindings([path])).toMatchObject([{ level: 'ok' }]);
  });
});

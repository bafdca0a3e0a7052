// `fettle-server rules …` on real data: out, checked, tested on what was recorded, in.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { encodeBlock } from '@fettle/shared/wire/encode';
import { INTERVALS } from '@fettle/shared/wire/intervals';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';

import { ruleBookAt } from '../domain/rule-book.ts';
import { timesAt } from '../domain/times.ts';
import { aDataFolder, aDevice, freshFolder } from '../fixture.ts';
import { main } from '../main.ts';
import { openFettle } from '../store/fettle.ts';
import { openMetrics } from '../store/metrics.ts';
import { Writer } from '../writer.ts';

const place = freshFolder();
const at = (name: string): string => join(place, name);
let data: string;

const run = async (...args: readonly string[]) => {
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    vi.spyOn(process[name], 'write').mockImplementation((chunk) => {
      said[name] += String(chunk);
      return true;
    });
  const code = await main(['rules', ...args, '--data', data, '--tenant', 'acme']);
  vi.restoreAllMocks();
  return { ...said, code };
};

const file = (name: string, text: string): string => {
  writeFileSync(at(name), text);
  return at(name);
};

const MINUTES = 60;

/** Six servers with an hour of a busy CPU. */
const record = (folder: string): void => {
  const [fettle, metrics] = [openFettle(folder), openMetrics(folder)];
  const pace = { divisor: 1 };
  const writer = new Writer({
    fettle,
    metrics,
    times: timesAt(pace),
    book: ruleBookAt(pace),
    newId: (letter) => `${letter}_1`,
  });
  const series = [{ metric: 'system.cpu.utilization', attributes: {} }];
  const startMs = Math.floor(Date.now() / 60_000) * 60_000 - (MINUTES + 1) * 60_000;
  for (let index = 1; index <= 6; index += 1) {
    const device = `d_${index}`;
    fettle.devices.put(aDevice({ id: device, hostname: device, publicKey: `key ${index}` }));
    const batches = Array.from({ length: MINUTES }, (_, minute) => {
      const t0Ms = startMs + minute * 60_000;
      const block = encodeBlock({ t0: t0Ms, stepMs: INTERVALS.fast, count: 6 }, [[950, 950, 950, 950, 950, 950]]);
      return { type: 'batch' as const, device, epoch: 'epoch', seq: minute + 1, t0Ms, setHash: 'set', block };
    });
    writer.commit([{ type: 'series set', device, hash: 'set', series }, ...batches], Date.now());
  }
  fettle.db.close();
  metrics.db.close();
};

beforeAll(() => {
  data = aDataFolder();
  record(data);
});

const RAISED = `format: 1
tenant:
  cpu.sustained:
    levels:
      - any:
          - fireAt: 96 %
`;

describe('rules on the command line', () => {
  it('are tested on what was recorded, beside those in force', async () => {
    const { stdout, code } = await run('test', file('raised.yaml', RAISED), '--days', '1');
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^cpu\.sustained at tenant acme: 6 devices, \d+ readings$/),
      '                        fires  tickets  devices',
      '  in force                  6        6        6',
      '  of the file               0        0        0',
      '  only in force             6        6        6',
      '  only of the file          0        0        0',
      '',
    ]);
    const off = await run(
      'test',
      file('off.yaml', 'format: 1\nsites: { office: { cpu.sustained: { disabled: true } } }'),
      '--json',
    );
    const view = z.object({ rules: z.array(z.looseObject({ ofFile: z.unknown(), onlyInForce: z.unknown() })) });
    expect(view.parse(JSON.parse(off.stdout)).rules).toMatchObject([
      { inForce: { fires: 6 }, ofFile: null, onlyInForce: { fires: 6 }, onlyOfFile: null },
    ]);
    expect(
      (await run('test', file('silence.yaml', 'format: 1\ntenant: { device.offline: { keepMs: 3m } }'))).stdout,
    ).toBe('device.offline at tenant acme: judged by the server, or off: there is nothing to test\n');
  });

  it('come in, once it was looked whether they fire everywhere, and go out again', async () => {
    const lowered = file('lowered.yaml', RAISED.replace('96 %', '92 %'));
    expect((await run('import', lowered, '--dry')).stdout).toBe(
      'changed     cpu.sustained at tenant acme\nIt would change 1.\n',
    );
    const warned = await run('import', lowered);
    expect(warned).toMatchObject({ code: 1, stdout: '' });
    expect(warned.stderr).toMatch(/cpu\.sustained would have fired on 6 of 6 devices\.\nSay it again with --confirm/);
    expect((await run('check', lowered)).stdout).toBe('Nothing is wrong with it. It would change 1.\n');
    expect((await run('import', lowered, '--confirm')).stdout).toContain('In force now: 1.');
    expect((await run('check', lowered)).stdout).toContain('It says what is in force: nothing changes.');
    expect((await run('export', at('out.yaml'))).stdout).toContain('1 changes of rules of acme are in');
    expect((await run('export')).stdout).toBe(readFileSync(at('out.yaml'), 'utf8'));
    expect((await run('import', at('out.yaml'))).stdout).toBe('In force now: 0.\n');
    expect((await run('import', file('none.yaml', 'format: 1'), '--whole')).stdout).toContain(
      'taken back  cpu.sustained',
    );
    expect((await run('export')).stdout).toMatch(/\nformat: 1\n$/);
  });

  it('that are wrong change nothing, and every mistake has its line', async () => {
    const wrong = file('wrong.yaml', `${RAISED}  cpu.sustaind: { keepMs: 1m }\n  disk.space: { keepms: 1m }\n`);
    for (const verb of ['check', 'import', 'test']) {
      const { stdout, stderr, code } = await run(verb, wrong);
      expect([stdout, code]).toEqual(['', 1]);
      expect(stderr.trimEnd().split('\n')).toEqual([
        expect.stringMatching(/wrong\.yaml: line 7, column 3, cpu\.sustaind at tenant acme: id: there is no rule/),
        expect.stringMatching(
          /wrong\.yaml: line 8, column 17, disk\.space at tenant acme: keepms: there is no such field$/,
        ),
      ]);
    }
  });

  it.each<[string, readonly string[], number, RegExp]>([
    ['nothing to do', [], 2, /"" cannot be done with rules: export, import, check, test \[FILE\]/],
    ['no file', ['import'], 2, /Name the file: rules import FILE/],
    ['a file that is not there', ['check', '/none.yaml'], 1, /ENOENT.*\/none\.yaml/],
    ['a folder that cannot be written', ['export', '/none/out.yaml'], 1, /ENOENT/],
  ])('%s is said', async (_, args, code, said) => {
    const found = await run(...args);
    expect(found).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(said) as unknown });
  });

  it('of more than a MiB, of another tenant, or for too many days are refused', async () => {
    expect((await run('check', file('long.yaml', `format: 1\n#${'x'.repeat(1024 * 1024)}`))).stderr).toMatch(
      /at most 1024 KiB/,
    );
    expect((await run('test', file('raised.yaml', RAISED), '--days', '15')).stderr).toMatch(/--days 15: expected/);
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect(await main(['rules', 'export', '--data', data, '--tenant', 'moon'])).toBe(1);
    vi.restoreAllMocks();
  });
});

// What each parser makes of what Windows wrote, in every language, and of what goes wrong on the way.
import { describe, expect, it } from 'vitest';

import { isBattery, parseBattery } from '../battery/battery.parse.ts';
import { faultyTexts } from '../faulty-texts.ts';
import { type Row, parseAnswer } from './answer.parse.ts';
import { parseBatteries } from './battery.parse.ts';
import { parseDisks } from './disks.parse.ts';
import { parseEvents } from './event.parse.ts';
import { recorded, rowsIn } from './fixture.ts';
import { parseCommitted, parsePageFiles } from './paging.parse.ts';
import { joined, parseNumbers, parseSc, parseSubkeys } from './sc.parse.ts';
import { MARK, sectionIds } from './script.ts';
import { parseServices } from './services.parse.ts';
import { parseMountedDevices, parseVolumes } from './volumes.parse.ts';

const laptop = parseAnswer(recorded('powershell/laptop-de/answer.txt'));
const desktop = parseAnswer(recorded('powershell/desktop-fr/answer.txt'));
const rows = (id: string, of = laptop): readonly Row[] => rowsIn(of, id);

describe('the answer of the script', () => {
  it('is found between its marks, whatever stands around them', () => {
    expect([...laptop.keys()]).toEqual(sectionIds);
    expect(rows('volumes')[0]).toMatchObject({ Label: 'Größe & Überfluss' });
  });

  it('may be broken into lines at any width', () => {
    const text = recorded('powershell/laptop-de/answer.txt').replaceAll(
      /@@fettle:begin [\s\S]*?@@fettle:end/g,
      (part) => part.replaceAll(/\{.*\}/g, (json) => json.replaceAll(/.{80}/g, '$&\r\n')),
    );
    expect(parseAnswer(text)).toEqual(laptop);
  });

  it('cut off loses the section that was being written and those after it', () => {
    const text = recorded('powershell/laptop-de/answer.txt');
    const cut = parseAnswer(text.slice(0, text.indexOf(`${MARK.end} volumes`)));
    expect([...cut.keys()]).toEqual(sectionIds.slice(0, sectionIds.indexOf('volumes')));
  });

  it('tells what was refused by what no language changes', () => {
    expect(desktop.get('limits')).toEqual({ reason: { code: 'permission', detail: 'limits: Accès refusé' } });
    expect(desktop.get('batteryStatus')).toMatchObject({ reason: { code: 'no_hardware' } });
  });

  it.each([
    ['CommandNotFoundException', 'ObjectNotFound', 'tool_missing'],
    ['CannotCreateTypeConstrainedLanguage', 'PermissionDenied', 'permission'],
    ['MethodInvocationNotSupportedInConstrainedLanguage', 'InvalidOperation', 'policy_blocked'],
    ['HRESULT 0x80041069', 'NotSpecified', 'timeout'],
    ['HRESULT 0x80041010', 'MetadataError', 'no_hardware'],
    ['anything else', 'NotSpecified', 'service_broken'],
  ])('%s (%s) is %s', (id, category, code) => {
    const json = JSON.stringify({ failed: 'Zugriff verweigert', category, id });
    const answer = parseAnswer(`${MARK.begin} limits\n${json}\n${MARK.end} limits\n`);
    expect(answer.get('limits')).toMatchObject({ reason: { code, detail: 'limits: Zugriff verweigert' } });
  });

  it.each(['{', '[]', '17', ''])('that is %s says so', (json) => {
    const answer = parseAnswer(`${MARK.begin} limits\n${json}\n${MARK.end} limits\n`);
    expect(answer.get('limits')).toMatchObject({ reason: { code: 'parse_error' } });
  });

  it('has a list of one, and a list that is wrapped, as lists', () => {
    expect(rows('volumes', desktop)).toHaveLength(1);
    expect(rows('disks', desktop)).toHaveLength(1);
  });
});

describe('volumes', () => {
  it('are those that stay and can be reached: no CD, stick, network or recovery', () => {
    expect(parseVolumes(rows('volumes'))).toEqual([
      { mountpoint: 'C:\\', type: 'NTFS', label: 'Größe & Überfluss', bytes: 255_999_995_904 },
      { mountpoint: 'C:\\daten\\', type: 'ReFS', label: 'Daten', bytes: 1_999_999_995_904 },
    ]);
  });

  it('without WMI are the letters of partitions', () => {
    const found = parseMountedDevices(recorded('reg/en/mounted-devices.txt'));
    expect(found.map(({ mountpoint }) => mountpoint)).toEqual(['C:\\', 'E:\\']);
  });
});

describe('memory that was promised', () => {
  it('is what is not free of the limit, and the page files are one', () => {
    expect(parseCommitted(rows('limits'))).toBe(0.75);
    expect(parsePageFiles([...rows('pageFiles'), ...rows('pageFiles')])).toEqual({
      limitBytes: 8 * 2 ** 30,
      usedBytes: 2 * 2 ** 30,
    });
  });

  it.each([
    [{}],
    [{ TotalVirtualMemorySize: 0, FreeVirtualMemory: 0 }],
    [{ TotalVirtualMemorySize: 1, FreeVirtualMemory: 2 }],
  ])('%j is none', (row) => {
    expect(parseCommitted([row])).toBeUndefined();
    expect(parsePageFiles([row])).toBeUndefined();
  });
});

describe('disks by the Storage API', () => {
  const seen = parseDisks(rows('disks'), rows('diskCounters'));

  it('have a verdict, wear, temperature and hours, where these are known', () => {
    expect(seen[0]).toMatchObject({
      key: 'PhysicalDrive0',
      answer: {
        kind: 'disk',
        disk: {
          id: '0025_3851_B100_0001',
          link: 'NVMe',
          values: { 'fettle.smart.verdict': 0, 'fettle.disk.wear': 0.07, 'fettle.disk.power_on': 4_442_400 },
          temperature: { celsius: 41, limitOf: 'class' },
        },
      },
    });
  });

  it('that expect to fail say so, and what is 0 there is not known', () => {
    const { answer } = seen[1] ?? {};
    expect(answer).toMatchObject({ kind: 'disk', disk: { id: 'WD-4711' } });
    expect(answer?.kind === 'disk' && answer.disk.values).toEqual({
      'fettle.smart.verdict': 1,
      'fettle.disk.errors.reported': 3,
    });
    expect(answer?.kind === 'disk' && answer.disk.temperature).toBeUndefined();
  });

  it('without a name of their own, and virtual ones, say nothing', () => {
    expect(seen[2]?.answer).toMatchObject({ kind: 'mute', reason: { code: 'no_hardware' } });
    expect(parseDisks(rows('disks', desktop), [])[0]?.answer).toMatchObject({ reason: { code: 'virtual' } });
  });
});

describe('services', () => {
  const byWmi = parseServices(rows('services'), rows('triggers'));

  it.each(['en', 'de', 'fr'])('are the same by sc and reg (%s) as by WMI', (language) => {
    const of = (path: string) => recorded(`reg/${language}/${path}.txt`);
    const states = parseSc(recorded(`sc/${language}/services.txt`));
    const found = joined(states, parseNumbers(of('start')), parseNumbers(of('delayed')), parseSubkeys(of('triggers')));
    expect(found).toEqual(byWmi);
  });

  it('of a real registry have their start types', () => {
    const start = parseNumbers(recorded('reg/wine-8/start.txt'));
    expect(start.get('eventlog')).toBe(2);
    expect(start.get('bits')).toBe(3);
    expect(start.size).toBeGreaterThan(15);
  });
});

describe('events', () => {
  it('are told by provider and number', () => {
    const { events, unreadable } = parseEvents(recorded('wevtutil/de/system.xml'));
    expect(unreadable).toBe(0);
    expect(events).toHaveLength(9);
    expect(events[0]).toEqual({ provider: 'disk', id: 153, level: 3, recordId: 4_101 });
    expect(events[3]).toEqual({ provider: 'Microsoft-Windows-Kernel-Power', id: 41, level: 1, recordId: 4_104 });
  });

  it('cut off are counted', () => {
    const text = recorded('wevtutil/de/system.xml');
    expect(parseEvents(text.slice(0, text.lastIndexOf('<EventRecordID>')))).toMatchObject({ unreadable: 1 });
  });
});

const answer = recorded('powershell/laptop-de/answer.txt');
/** Ten times what a program may write. */
const MOST = 10 * 2 ** 20;
const sources: readonly (readonly [string, string, (text: string) => unknown])[] = [
  ['an answer', answer, parseAnswer],
  ['sc', recorded('sc/fr/services.txt'), parseSc],
  ['start types', recorded('reg/de/start.txt'), parseNumbers],
  ['subkeys', recorded('reg/de/triggers.txt'), parseSubkeys],
  ['letters', recorded('reg/en/mounted-devices.txt'), parseMountedDevices],
  ['events', recorded('wevtutil/de/system.xml'), parseEvents],
];

describe.each(sources)('%s', (_name, text, parse) => {
  it.each(['\n', '\r\n', '\n ', ' \n', '\r'])('of %j alone is read in no time', (blank) => {
    const begunMs = performance.now();
    parse(text.slice(0, 10) + blank.repeat(2 ** 18) + text);
    expect(performance.now() - begunMs).toBeLessThan(10_000);
  });

  it.each(faultyTexts(text))('gone wrong ($name) does not throw', ({ text: faulty }) => {
    expect(() => parse(faulty.slice(0, MOST))).not.toThrow();
  });
});

/** Values of each kind in place of each field. */
const wrong = [undefined, null, '', 'x', -1, 1.5, Number.NaN, 1e300, true, [], {}, ['x', 1]];

describe('rows whose fields are of another kind', () => {
  const parsers: readonly (readonly [string, (some: readonly Row[]) => unknown])[] = [
    ['volumes', parseVolumes],
    ['limits', parseCommitted],
    ['pageFiles', parsePageFiles],
    ['services', (some) => parseServices(some, some)],
    ['disks', (some) => parseDisks(some, some)],
    [
      'batteries',
      (some) =>
        parseBatteries({ ...NONE, batteries: some })
          .filter(isBattery)
          .map(parseBattery),
    ],
    [
      'batteryStatus',
      (some) =>
        parseBatteries({ ...NONE, status: some, full: some })
          .filter(isBattery)
          .map(parseBattery),
    ],
    [
      'batteryDesign',
      (some) =>
        parseBatteries({ ...NONE, status: some, design: some })
          .filter(isBattery)
          .map(parseBattery),
    ],
  ];
  const NONE = { batteries: [], status: [], full: [], cycles: [], design: [] };

  it.each(parsers)('%s: nothing below 0, and nothing that is no number', (id, parse) => {
    for (const row of rows(id)) {
      for (const field of Object.keys(row)) {
        for (const value of wrong) {
          const found = JSON.stringify(parse([{ ...row, [field]: value }]) ?? null);
          expect(found).not.toMatch(/:-\d|:null\b/);
        }
      }
    }
  });
});

// The System log, by a wevtutil that answers what it is asked: a script that keeps to the numbers in the query.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { missing, needs } from '../../../../test/support/needs.ts';
import { type Reading, reasonOf } from '../collector.ts';
import { writeTree } from '../fixture.ts';
import { classOfEvent, eventClasses, warningProviders } from './event-classes.ts';
import { eventLog } from './event-log.ts';
import { callsOf, encodings, installTool, recorded, windowsAt } from './fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'fettle-events-'));
afterAll(() => rmSync(folder, { recursive: true }));
const { skip, why } = missing(needs.linux);
const moment = { monoMs: 0, signal: new AbortController().signal };

/** Prints the events whose numbers are asked for, at most so many; the newest where the order is turned round. */
const WEVTUTIL = String.raw`
echo "$*" >> ROOT/wevtutil.calls
case "$*" in *rd:true*) tail -n 1 ROOT/log.xml; exit;; esac
from=$(echo "$*" | sed 's/.*EventRecordID > \([0-9]*\).*/\1/')
to=$(echo "$*" | sed 's/.*EventRecordID <= \([0-9]*\).*/\1/')
most=$(echo "$*" | sed 's,.*/c:\([0-9]*\).*,\1,')
awk -F'</?EventRecordID>' -v from="$from" -v to="$to" '$2 > from+0 && $2 <= to+0' ROOT/log.xml | head -n "$most"
`;

const machine = (log: string) => {
  const root = mkdtempSync(join(folder, 'm-'));
  installTool(root, 'wevtutil.exe', WEVTUTIL.replaceAll('ROOT', root));
  const write = (text: string): void => writeTree(root, { 'log.xml': text });
  write(log);
  return { root, write, windows: windowsAt(root) };
};

const eventAt = (recordId: number, provider = 'Acme', id = 1, level = 2): string =>
  `<Event xmlns="x"><System><Provider Name="${provider}"/><EventID>${id}</EventID><Level>${level}</Level>` +
  `<EventRecordID>${recordId}</EventRecordID></System></Event>\n`;
const eventsUpTo = (count: number, from = 1): string =>
  Array.from({ length: count - from + 1 }, (_, index) => eventAt(from + index)).join('');

const countsOf = ({ samples }: Reading) =>
  Object.fromEntries(
    samples
      .filter(({ value }) => value > 0)
      .map(({ metric, attributes, value }) => [[metric, ...Object.values(attributes)].join(' '), value]),
  );
const read = ({ windows }: ReturnType<typeof machine>) => eventLog().collect(windows.host(), moment);

describe.skipIf(skip)(`the System log${why}`, () => {
  it('is counted by what it tells of; a power cut is one event of its three', async () => {
    const one = machine(recorded('wevtutil/de/system.xml'));
    const reading = await read(one);
    expect(countsOf(reading)).toEqual({
      'fettle.log.hardware disk': 2,
      'fettle.log.hardware filesystem': 1,
      'fettle.log.hardware cpu': 1,
      'fettle.log.crash panic': 1,
      'fettle.log.errors': 3,
    });
    expect(reading.samples).toHaveLength(12);
    expect(reading.sections?.[0]?.facts).toContainEqual({
      label: 'Service Control Manager 7031',
      value: '1 event in the last reading',
    });
  });

  it('is read since boot at first, and each event counts once', async () => {
    const one = machine(eventsUpTo(5));
    expect(countsOf(await read(one))).toEqual({ 'fettle.log.errors': 5 });
    expect(callsOf(one.root, 'wevtutil').at(-1)).toContain('timediff(@SystemTime) <= 3600000');
    one.write(eventsUpTo(7));
    expect(countsOf(await read(one))).toEqual({ 'fettle.log.errors': 2 });
    expect(callsOf(one.root, 'wevtutil').at(-1)).not.toContain('timediff');
    expect(countsOf(await read(one))).toEqual({});
  });

  it('that was emptied is read from its new beginning', async () => {
    const one = machine(eventsUpTo(500));
    await read(one);
    one.write(eventsUpTo(3));
    expect(countsOf(await read(one))).toEqual({ 'fettle.log.errors': 3 });
  });

  it('that is flooded is counted page by page, and the rest is passed over and told', async () => {
    const one = machine(eventsUpTo(1_100));
    const many = await read(one);
    expect(countsOf(many)).toEqual({ 'fettle.log.errors': 1_100 });
    expect(many.partial).toEqual([]);
    one.write(eventsUpTo(5_000));
    const flood = await read(one);
    expect(countsOf(flood)).toEqual({ 'fettle.log.errors': 1_200 });
    expect(flood.partial).toMatchObject([{ code: 'timeout' }]);
    expect(countsOf(await read(one))).toEqual({});
  });

  it('counts what hardware corrects only by the hundred', async () => {
    const corrected = (count: number) =>
      Array.from({ length: count }, (_, index) => eventAt(index + 1, 'Microsoft-Windows-WHEA-Logger', 17, 3)).join('');
    expect(countsOf(await read(machine(corrected(99))))).toEqual({});
    expect(countsOf(await read(machine(corrected(100))))).toEqual({ 'fettle.log.hardware corrected': 100 });
  });

  it('says what could not be read', async () => {
    const one = machine(eventsUpTo(2));
    installTool(one.root, 'wevtutil.exe', 'echo "Zugriff verweigert." >&2; exit 5');
    expect(await read(one).catch(reasonOf)).toMatchObject({ code: 'permission' });
    installTool(one.root, 'wevtutil.exe', 'printf "Le canal spécifié est introuvable." >&2; exit 15007');
    expect(await read(one).catch(reasonOf)).toMatchObject({ code: 'service_broken' });
    expect(one.windows.memory).toEqual({});
    expect(await eventLog().probe(windowsAt(join(folder, 'none')).host())).toMatchObject({ ok: false });
  });

  it.each(Object.keys(encodings))('may be written in %s', async (encoding) => {
    const one = machine('');
    const bytes = encodings[encoding]?.(eventsUpTo(2)) ?? Buffer.from('');
    writeTree(one.root, { 'log.bin': bytes });
    installTool(one.root, 'wevtutil.exe', `cat ${one.root}/log.bin`);
    expect(await read(one).then(countsOf)).toEqual({ 'fettle.log.errors': 2 });
  });
});

describe('events of hardware', () => {
  it('are known by their provider, however it is written, and not by the number alone', () => {
    expect(classOfEvent({ provider: 'Disk', id: 7, level: 2, recordId: 1 })).toBe('disk');
    expect(classOfEvent({ provider: 'Acme', id: 7, level: 2, recordId: 1 })).toBeUndefined();
  });

  it('stand in the table once each, and few providers are asked for warnings', () => {
    const all = eventClasses.flatMap(({ provider, ids }) => ids.map((id) => `${provider} ${id}`));
    expect(new Set(all).size).toBe(all.length);
    expect(warningProviders.length).toBeLessThan(12);
  });
});

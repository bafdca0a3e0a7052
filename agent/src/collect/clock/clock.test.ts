// What chrony and systemd say of the clock: recorded answers, answers gone wrong, and the programs as scripts.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { ChildHost } from '../../host/host.ts';
import { reasonOf } from '../collector.ts';
import { faultyTexts } from '../faulty-texts.ts';
import { childHostAt, installProgram, writeTree } from '../fixture.ts';
import { parseTracking } from './chrony.parse.ts';
import { clock } from './clock.ts';
import { parseTimesyncOffset } from './timesync.parse.ts';

const recorded = (path: string): string =>
  readFileSync(new URL(`../../../fixtures/linux/${path}`, import.meta.url), 'utf8');
const FOLLOWING = recorded('chronyc/following/tracking.csv');
const TIMESYNC = recorded('timedatectl/kept/timesync-status.txt');
const KEPT = recorded('timedatectl/kept/show.txt');

describe('chronyc -c tracking', () => {
  it.each<[string, string, ReturnType<typeof parseTracking>]>([
    ['that follows a server', FOLLOWING, { isSynchronized: true, offsetS: 0.000001528 }],
    ['that has not found one yet', recorded('chronyc/starting/tracking.csv'), { isSynchronized: false }],
    ['that follows its own clock alone', recorded('chronyc/alone/tracking.csv'), { isSynchronized: false }],
    [
      'of a clock an hour behind',
      FOLLOWING.replace('-0.000001528', '3600.25'),
      { isSynchronized: true, offsetS: 3600.25 },
    ],
    ['on a leap day', FOLLOWING.replace('Normal', 'Insert second'), { isSynchronized: true, offsetS: 0.000001528 }],
    ['of the last stratum', FOLLOWING.replace(',9,', ',16,'), { isSynchronized: false }],
    ['without a daemon', '506 Cannot talk to daemon\n', undefined],
    ['in German', FOLLOWING.replaceAll('.', ';'), undefined],
  ])('%s', (_what, text, expected) => expect(parseTracking(text)).toEqual(expected));

  it.each(faultyTexts(FOLLOWING))('gone wrong ($name) is no answer, or one with a clean number', ({ text }) => {
    const { offsetS = 0 } = parseTracking(text) ?? {};
    expect(offsetS >= 0 && Number.isFinite(offsetS)).toBe(true);
  });

  it('any fields at all', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.double().map(String)), { minLength: 14, maxLength: 14 }),
        (fields) => {
          const { offsetS = 0 } = parseTracking(fields.join(',')) ?? {};
          return offsetS >= 0 && Number.isFinite(offsetS);
        },
      ),
    );
  });
});

describe('timedatectl timesync-status', () => {
  const offset = (text: string) => TIMESYNC.replace('-1.234ms', text);
  it.each<[string, string, number | undefined]>([
    ['behind', TIMESYNC, 0.001234],
    ['ahead', offset('+312us'), 0.000312],
    ['far off', offset('-1h 2min 3.5s'), 3723.5],
    ['Windows line ends', TIMESYNC.replaceAll('\n', '\r\n'), 0.001234],
    ['no answer of a server yet', TIMESYNC.replace(/^.*Offset.*\n/m, ''), undefined],
    ['a unit that we do not know', offset('+1month'), undefined],
    ['half a number', offset('+1.ms'), undefined],
    ['in German', TIMESYNC.replace('Offset', 'Abweichung'), undefined],
  ])('%s', (_what, text, expected) => {
    if (expected === undefined) expect(parseTimesyncOffset(text)).toBeUndefined();
    else expect(parseTimesyncOffset(text)).toBeCloseTo(expected, 9);
  });

  it.each(faultyTexts(TIMESYNC))('gone wrong ($name) is a clean number or none', ({ text }) => {
    const found = parseTimesyncOffset(text) ?? 0;
    expect(found >= 0 && Number.isFinite(found)).toBe(true);
  });
});

describe('the clock', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'fettle-clock-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const says = (program: string, text: string, code = 0) =>
    installProgram(root, `usr/bin/${program}`, `cat <<'END'\n${text.trimEnd()}\nEND\nexit ${code}`);
  const impatient = (host: ChildHost): ChildHost => ({
    ...host,
    run: (program, args, options) => host.run(program, args, { ...options, timeoutMs: 300 }),
  });
  const read = async (host = childHostAt(root)) => {
    const { samples, partial = [] } = await clock().collect(host, { monoMs: 0, signal: new AbortController().signal });
    const values = samples.map(({ metric, value }) => [metric.replace('fettle.time.', ''), value]);
    return {
      ...(Object.fromEntries(values) as Record<string, number>),
      partial: partial.map(({ code }) => code),
    };
  };

  it('by chrony: kept, and how far off', async () => {
    says('chronyc', FOLLOWING);
    says('timedatectl', recorded('timedatectl/not-kept/show.txt'));
    expect(await clock().probe(childHostAt(root))).toEqual({ ok: true, source: 'chronyc, timedatectl' });
    expect(await read()).toEqual({ synchronized: 1, offset: 0.000001528, partial: [] });
  });

  it('that nobody keeps has no offset: it is not known, and not 0', async () => {
    says('chronyc', recorded('chronyc/starting/tracking.csv'));
    expect(await read()).toEqual({ synchronized: 0, partial: ['service_broken'] });
  });

  it.each([
    ['is stopped', '506 Cannot talk to daemon', 1],
    ['answers something else', 'hello', 0],
  ])('by systemd, where chrony %s', async (_what, text, code) => {
    says('chronyc', text, code);
    says('timedatectl', KEPT);
    expect(await read()).toEqual({ synchronized: 1, partial: ['tool_missing'] });
  });

  it('by systemd alone, which keeps it itself: with the offset', async () => {
    const both = `case "$1" in show) cat <<'END'\n${KEPT}END\n;; *) cat <<'END'\n${TIMESYNC}END\n;; esac`;
    installProgram(root, 'usr/bin/timedatectl', both);
    expect(await read()).toEqual({ synchronized: 1, offset: 0.001234, partial: [] });
  });

  it('by systemd alone, not kept', async () => {
    says('timedatectl', recorded('timedatectl/not-kept/show.txt'));
    expect(await read()).toEqual({ synchronized: 0, partial: ['service_broken'] });
  });

  it('by the file of systemd-timesyncd, where systemd itself does not answer', async () => {
    says('timedatectl', 'Failed to connect to bus', 1);
    writeTree(root, { 'run/systemd/timesync/synchronized': '' });
    expect(await read()).toMatchObject({ synchronized: 1 });
  });

  it('a program that hangs is left behind for the next', async () => {
    installProgram(root, 'usr/bin/chronyc', 'exec sleep 30');
    says('timedatectl', KEPT);
    expect(await read(impatient(childHostAt(root)))).toMatchObject({ synchronized: 1 });
  });

  it.each([
    ['nothing', ''],
    ['20 MiB', 'yes | head -c 20971520'],
    ['bytes', String.raw`printf '\377\000\001'`],
    ['French', 'echo "NTPSynchronized=oui"'],
  ])('%s from both is unavailable with the reason', async (_what, script) => {
    for (const program of ['chronyc', 'timedatectl']) installProgram(root, `usr/bin/${program}`, script);
    const reason = await read().then(() => undefined, reasonOf);
    expect(reason).toMatchObject({ code: 'parse_error', detail: expect.stringContaining('chronyc') as string });
  });

  it('where nothing is installed, says what to install', async () => {
    expect(await clock().probe(childHostAt(root))).toMatchObject({
      ok: false,
      reason: { code: 'tool_missing', fix: expect.stringContaining('install chrony') as string },
    });
  });
});

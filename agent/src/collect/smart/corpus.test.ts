// What is made of real disks: corpus.json tells for every recording what should come of it, which alerts that means for a first
// reading, and which alarms simpler rules would raise on healthy disks.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { firedAtFirst } from '@fettle/shared/rule/first-readings';
import { pack } from '@fettle/shared/rule/pack';
import { isJudged } from '@fettle/shared/rule/rule';
import { describe, expect, it } from 'vitest';

import { parseAnswer } from './answer.parse.ts';
import corpus from './corpus.json' with { type: 'json' };
import type { Lasting } from './disk.parse.ts';
import { listOf, pick, whole } from './fields.parse.ts';
import { readingOf } from './reading.ts';
import { callRoll } from './roll.ts';

type Case = {
  readonly folder: string;
  readonly file: string;
  /** What the recording lacks because smartctl was not asked for it. */
  readonly added?: Readonly<Record<string, string>>;
  /** The protocol; or "mute" and "closed", which have a `reason`. */
  readonly kind: string;
  readonly reason?: string;
  readonly verdict?: string;
  /** Those that are not 0, by the last words of their metrics. */
  readonly counts?: Readonly<Record<string, number | undefined>>;
  readonly wear?: number;
  readonly spare?: number;
  readonly celsius?: number;
  readonly limit?: number;
  readonly alerts?: readonly string[];
  readonly naive?: readonly string[];
  readonly why: string;
};

const own = fileURLToPath(new URL('../../../fixtures/linux/smartctl', import.meta.url));
const others = fileURLToPath(new URL('../../../../../shared/fixtures', import.meta.url));
const why = existsSync(others) ? '' : ' [skipped: the folder of fixtures is not there]';

const cases: readonly Case[] = corpus;
const ownCases = cases.filter(({ folder }) => folder.startsWith('own/'));
const otherCases = cases.filter(({ folder }) => !folder.startsWith('own/'));

const recordingOf = ({ folder, file, added }: Case): unknown => {
  const path = folder.startsWith('own/')
    ? `${own}/${folder.slice('own/'.length)}/${file}`
    : `${others}/${folder}/${file}`;
  const recording: unknown = JSON.parse(readFileSync(path, 'utf8'));
  return Object.assign({}, recording, added);
};

const statusOf = (recording: unknown): number => whole(pick(recording, 'smartctl', 'exit_status')) ?? 0;

/** What came of it, in the form of corpus.json. */
const outcomeOf = (recording: unknown): Omit<Case, 'folder' | 'file' | 'why'> => {
  const answer = parseAnswer('/dev/sda', { code: statusOf(recording), stdout: JSON.stringify(recording) });
  if (answer.kind === 'asleep') return { kind: 'asleep' };
  if (answer.kind !== 'disk') return { kind: answer.kind, reason: answer.reason.code };
  const { values, temperature } = answer.disk;
  return {
    kind: String(pick(recording, 'device', 'protocol')),
    verdict: ['passed', 'failed'][values['fettle.smart.verdict'] ?? -1] ?? 'none',
    counts: countsOf(values),
    ...given('wear', values['fettle.disk.wear']),
    ...given('spare', values['fettle.disk.spare.headroom']),
    ...given('celsius', temperature?.celsius),
    ...given('limit', temperature?.limit),
  };
};

const given = (key: string, value: number | undefined) => (value === undefined ? {} : { [key]: value });

const countsOf = (values: Lasting): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([metric, value]) => value > 0 && /sectors|errors|timeouts/.test(metric))
      .map(([metric, value]) => [metric.replace('fettle.disk.', ''), value]),
  );

/** Rules by single values, as they are often written. */
const naiveAlarms = (recording: unknown): readonly string[] => {
  const log = pick(recording, 'nvme_smart_health_information_log');
  const raw = (id: number): number => {
    const attribute = listOf(pick(recording, 'ata_smart_attributes', 'table')).find((one) => pick(one, 'id') === id);
    return whole(pick(attribute, 'raw', 'value')) ?? 0;
  };
  const logged = (key: string): number => whole(pick(log, key)) ?? 0;
  return [
    ...(statusOf(recording) === 0 ? [] : ['exit status']),
    ...(raw(188) > 100 ? ['timeouts'] : []),
    ...(logged('num_err_log_entries') > 0 ? ['error log'] : []),
    ...(logged('unsafe_shutdowns') > 0 ? ['unsafe shutdowns'] : []),
    ...(raw(199) > 0 ? ['link'] : []),
    ...(raw(5) > 0 ? ['reallocated'] : []),
    ...(raw(187) > 0 ? ['reported'] : []),
    ...(log !== undefined && logged('available_spare') <= logged('available_spare_threshold') ? ['spare'] : []),
  ];
};

const SERVER = { os: 'linux', class: 'server' } as const;
const KERNEL = { token: 'boot 1', isRemovable: false, isSolid: false };

/** What the pack says of a first reading, when nothing can have risen yet. */
const alertsOf = (recording: unknown): readonly string[] => {
  const answer = parseAnswer('/dev/sda', { code: statusOf(recording), stdout: JSON.stringify(recording) });
  const seen = { key: '/dev/sda', device: '/dev/sda', kernel: KERNEL, answer };
  const context = { nowMs: 0, isScanned: true, isSkipped: () => false };
  const { entries } = callRoll({ version: 1, places: {}, disks: {} }, [seen], context);
  const { samples } = readingOf({ entries, places: {}, partial: [], absent: 0 });
  return firedAtFirst(pack.filter(isJudged), samples, SERVER).map(({ rule }) => rule);
};

const tallyOf = (names: readonly string[]): Readonly<Record<string, number>> => {
  const tally: Record<string, number> = {};
  for (const name of names) tally[name] = (tally[name] ?? 0) + 1;
  return tally;
};

const check = (one: Case): void => {
  const { folder: _, file: __, added: ___, why: ____, alerts = [], naive = [], ...expected } = one;
  const recording = recordingOf(one);
  const outcome = outcomeOf(recording);
  expect(outcome).toEqual(expected.verdict === undefined ? expected : { counts: {}, ...expected });
  expect(alertsOf(recording)).toEqual(alerts);
  expect(naiveAlarms(recording)).toEqual(naive);
};

describe('disks that were recorded for this project', () => {
  it.each(ownCases)('$folder/$file: $why', check);
});

describe.skipIf(why !== '')(`disks that others recorded${why}`, () => {
  it.each(otherCases)('$folder/$file: $why', check);

  it('107 recordings give four alerts, where simpler rules give 57 alarms', () => {
    const recordings = cases.map(recordingOf);
    expect(recordings).toHaveLength(107);
    expect(tallyOf(recordings.map((recording) => outcomeOf(recording).kind))).toEqual({
      ATA: 63,
      NVMe: 32,
      SCSI: 5,
      closed: 5,
      mute: 2,
    });
    expect(tallyOf(recordings.flatMap(alertsOf))).toEqual({
      'smart.failed': 1,
      'smart.pending': 1,
      'smart.reallocated': 2,
    });
    expect(tallyOf(recordings.flatMap(naiveAlarms))).toEqual({
      'exit status': 13,
      spare: 2,
      'unsafe shutdowns': 25,
      link: 4,
      reported: 1,
      'error log': 8,
      reallocated: 3,
      timeouts: 1,
    });
  });
});

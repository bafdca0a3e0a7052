// What came of the backups that this machine's administrator declared.
import type { Sample } from '@fettle/shared/metric/sample';
import { MINUTE_MS } from '@fettle/shared/time';
import type { Reason } from '@fettle/shared/wire/record.schema';
import { withoutCredentials } from '@fettle/shared/words/credentials';

import type { ChildHost } from '../../host/host.ts';
import { type Capability, type Collector, type Reading, available, reasonOf, unavailable } from '../collector.ts';
import { sample } from '../samples.ts';
import { slowOnes } from '../slow.ts';
import { type Backup, askBackup } from './ask.ts';
import { backupTraces } from './backup-traces.ts';
import { recall } from './last-good.ts';
import { type BackupOutcome, backupStates } from './outcome.ts';
import { parseRestoreTests } from './restore-test.parse.ts';

/** With one more question behind it, the collector's own deadline still holds. */
const ENOUGH_MS = MINUTE_MS;
/** Clocks of two machines differ. */
const FUTURE_MS = MINUTE_MS;

export const backups = (): Collector<ChildHost> => ({ ...slowOnes.backups, probe, collect });

const probe = async (host: ChildHost): Promise<Capability> => {
  const { backup } = host.declared;
  if (backup.length > 0)
    return available(
      backup
        .map(({ name, kind }) => `${name} (${kind})`)
        .join(', ')
        .slice(0, 200),
    );
  const traces = await backupTraces(host);
  const beside = traces.length === 0 ? '' : `, though there is ${traces.join(', ')}`;
  return unavailable(
    'no_hardware',
    `no backup is declared${beside}`,
    'declare it in a [[backup]] section of agent.toml',
  );
};

const collect = async (host: ChildHost): Promise<Reading> => {
  const samples: Sample[] = [];
  const partial: Reason[] = [];
  const memory = recall(host.memory);
  const startedMs = host.wallMs();
  const names = new Set<string>();
  for (const backup of host.declared.backup) {
    try {
      refuse(names, backup.name, host.wallMs() - startedMs);
      const outcome = memory.complete(backup.name, await askBackup(host, backup));
      samples.push(...samplesOf(backup.name, outcome, host.wallMs()));
    } catch (error) {
      partial.push(named(backup, reasonOf(error)));
    }
    try {
      samples.push(...(await restoreTest(host, backup)));
    } catch (error) {
      partial.push(named(backup, reasonOf(error)));
    }
  }
  memory.keep([...names]);
  return { samples, partial };
};

const refuse = (names: Set<string>, name: string, elapsedMs: number): void => {
  if (names.has(name)) throw new SyntaxError('another backup has this name');
  names.add(name);
  if (elapsedMs > ENOUGH_MS) throw new Error('not asked this time: the ones before took too long');
};

const named = ({ name }: Backup, { detail, ...rest }: Reason): Reason => ({
  ...rest,
  detail: withoutCredentials(`${name}: ${detail}`).slice(0, 500),
});

const samplesOf = (name: string, { state, goodMs, bytes }: BackupOutcome, nowMs: number): readonly Sample[] => {
  const attributes = { 'fettle.backup.name': name };
  return [
    { metric: 'fettle.backup.state', attributes, value: backupStates[state] },
    ...sample('fettle.backup.age', attributes, goodMs === undefined ? undefined : ageS(goodMs, nowMs)),
    ...sample('fettle.backup.size', attributes, bytes),
  ];
};

const restoreTest = async (host: ChildHost, backup: Backup): Promise<readonly Sample[]> => {
  const { name, restore_test_log: path } = backup;
  if (path === undefined) return [];
  const { modifiedMs } = await host.statFile(path);
  const testedMs = parseRestoreTests((await host.readFile(path)).toString('utf8'), modifiedMs);
  if (testedMs === undefined) throw new SyntaxError(`${path} tells of no restore that worked`);
  const attributes = { 'fettle.backup.name': name };
  return [{ metric: 'fettle.backup.restore_test.age', attributes, value: ageS(testedMs, host.wallMs()) }];
};

const ageS = (atMs: number, nowMs: number): number => {
  if (atMs > nowMs + FUTURE_MS) throw new SyntaxError('its time lies in the future: one of the clocks is wrong');
  return Math.max(0, nowMs - atMs) / 1000;
};

// What an agent says of itself when it starts: among it, what it looks after.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { recordBody } from '@fettle/shared/wire/record.schema';
import { afterAll, describe, expect, it } from 'vitest';

import { hostAt } from './collect/fixture.ts';
import { HandClock } from './collect/hand-clock.ts';
import { nodeFs } from './host/fs.ts';
import type { Host } from './host/host.ts';
import { EPOCH, self } from './link-fixture.ts';
import { Pipeline } from './pipeline.ts';
import { memorySpool } from './spool/memory.ts';
import { SeriesSets } from './spool/series-sets.ts';

const folder = mkdtempSync(join(tmpdir(), 'fettle-start-'));
afterAll(() => rmSync(folder, { recursive: true }));

const startWith = async (check: Host['declared']['check']) => {
  const clock = new HandClock();
  const host = hostAt(folder, clock);
  const epochs: string[] = [EPOCH.alerts, EPOCH.metrics];
  const maxBytes = { alerts: 1e6, metrics: 1e6 };
  const spool = memorySpool({ newEpoch: () => epochs.shift() ?? '', maxBytes });
  const pipeline = new Pipeline({
    clock,
    fs: nodeFs,
    host: { ...host, declared: { ...host.declared, check } },
    spool,
    sets: new SeriesSets(),
    collectors: () => [],
    self,
    files: { state: join(folder, 'state.json'), rules: join(folder, 'rules.json') },
    onTransition: () => undefined,
    onNews: () => undefined,
    onFailure: (error) => {
      throw error;
    },
  });
  await pipeline.start();
  const [first] = await spool.read('alerts', 0, 1);
  if (first?.kind !== 'data') throw new Error('nothing was told');
  return recordBody.parse(JSON.parse(Buffer.from(first.payload).toString()));
};

describe('the start of an agent', () => {
  it('names each target once, however many checks it has', async () => {
    const ping = { name: 'switch 1', kind: 'icmp', host: '192.0.2.1' } as const;
    const start = await startWith([ping, { ...ping, kind: 'tcp', port: 22 }, { ...ping, name: 'printer' }]);
    expect(start).toMatchObject({ kind: 'start', targets: ['switch 1', 'printer'] });
  });

  it('names none where none is declared', async () => {
    expect(await startWith([])).not.toHaveProperty('targets');
  });
});

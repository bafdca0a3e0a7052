// Stores that grow, and the job that forgets.
import type { Outcome, WriterEvent } from '../domain/event.ts';
import { deviceView } from '../domain/view.ts';
import { NOW, aDevice, openWriter } from '../fixture.ts';
import { expire } from './retention.ts';

export const retention = { rawDays: 14, eventDays: 90 };

export const open = () => {
  const stores = openWriter();
  const { metrics, fettle, writer } = stores;
  const steps: string[] = [];
  const commit = (event: WriterEvent): Promise<Outcome> => {
    const outcome = writer.commit([event], NOW)[0]?.outcome ?? { is: 'done' };
    steps.push(`${event.type}: ${outcome.is}`);
    return Promise.resolve(outcome);
  };
  const key = metrics.addKey('d_1');
  const setId = metrics.addSet(key, 'h', []);
  let seq = 0;
  const addBatches = (count: number, ageMs: number, of = key) => {
    metrics.db.transaction(() => {
      for (let n = 0; n < count; n += 1) {
        seq += 1;
        const place = { device: 'd_1', epoch: 'e', seq, setHash: 'h' };
        metrics.add(of, setId, { ...place, t0Ms: NOW - ageMs, block: Uint8Array.of(1) });
      }
    })();
  };
  const addEvents = (count: number, ageMs: number) => {
    fettle.db.transaction(() => {
      const view = deviceView(aDevice());
      for (let n = 0; n < count; n += 1) {
        fettle.events.add(NOW - ageMs, 'acme', (number) => ({
          kind: 'device',
          change: 'changed',
          seq: number,
          at: 't',
          tenant: 'acme',
          device: 'd_1',
          view,
        }));
      }
    })();
  };
  const batches = () => metrics.db.prepare('SELECT device_key, t0_ms FROM hot').raw().all();
  const expireAll = () => expire({ commit, nowMs: () => NOW, retention });
  return { ...stores, key, addBatches, addEvents, batches, steps, expireAll };
};

// Stopped and killed at any point, started again from the real file: what the server is told in the end is what is true.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Transition } from '@fettle/shared/alert/alert';
import { HOUR_MS } from '@fettle/shared/time';
import type { Digest } from '@fettle/shared/wire/record.schema';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it, vi } from 'vitest';

import { nodeFs } from '../host/fs.ts';
import { Evaluator } from './evaluator.ts';
import { SERVER, diskRule, minute, volumes } from './fixture.ts';
import { loadState, saveState } from './saved-state.ts';

const folder = mkdtempSync(join(tmpdir(), 'fettle-restarts-'));
const path = join(folder, 'state.json');
afterAll(() => rmSync(folder, { recursive: true }));
// a few thousand forced writes: a busy disk takes its time
vi.setConfig({ testTimeout: 60_000 });

/** Percent used of the volumes, where they are there at all. */
type Percents = Readonly<Record<string, number>>;
const RULES = [diskRule];
const readingsOf = (percents: fc.Arbitrary<number>) =>
  fc.dictionary(fc.constantFrom('/', '/home'), percents, { noNullPrototype: true });

/** The agent's side as agent.ts has it: judged, kept on the disk, then handed on. Handed on is not yet told: that is what a kill loses. */
class Agent {
  boot = 0;
  #evaluator = new Evaluator(SERVER);
  #lane: (Transition | Digest)[] = [];

  get #place() {
    return { fs: nodeFs, path, bootId: `boot ${this.boot}` };
  }

  async start(at: number): Promise<void> {
    this.#lane = [];
    this.#evaluator = new Evaluator(SERVER);
    this.#evaluator.adopt(await loadState(this.#place, { rules: RULES, device: SERVER }, minute(at)));
    this.#lane.push(...this.#evaluator.setRules(RULES, minute(at)));
    await this.save(false);
  }

  async beat(at: number, percents: Percents, isKilledBeforeSave = false): Promise<void> {
    const transitions = this.#evaluator.judge([volumes(percents)], minute(at), HOUR_MS);
    if (isKilledBeforeSave || transitions.length === 0) return;
    await this.save(false);
    this.#lane.push(...transitions);
  }

  save(isStopped: boolean): Promise<void> {
    return saveState(this.#place, this.#evaluator.memory, isStopped);
  }

  tell(isWithDigest: boolean): readonly (Transition | Digest)[] {
    if (isWithDigest) this.#lane.push(this.#evaluator.digest(0));
    return this.#lane.splice(0);
  }
}

/** What stands open on the server: it takes each record once, and repairs by digests. */
class Server {
  readonly open = new Map<string, string>();

  take(records: readonly (Transition | Digest)[]): void {
    for (const record of records) {
      if ('kind' in record) this.#repair(record);
      else if (record.change === 'resolve') this.open.delete(record.instance);
      else this.open.set(record.instance, record.severity);
    }
  }

  #repair({ open, judged, undecided }: Digest): void {
    const kept = new Set([...open, ...undecided].map(({ instance }) => instance));
    if (judged.includes('disk')) for (const one of this.open.keys()) if (!kept.has(one)) this.open.delete(one);
    for (const { instance, severity } of open) this.open.set(instance, severity);
  }
}

const begin = async (): Promise<Agent> => {
  rmSync(path, { force: true });
  const agent = new Agent();
  await agent.start(0);
  return agent;
};

describe('an agent that is stopped and started again', () => {
  it('goes on as if nothing had been', async () => {
    const steps = fc.array(
      fc.record({
        percents: fc.record({ '/': fc.constantFrom(10, 70, 82, 90, 97), '/home': fc.constantFrom(10, 90, 97) }),
        isRestarted: fc.boolean(),
      }),
      { maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const told = async (isRestarting: boolean) => {
          const agent = await begin();
          const records: (Transition | Digest)[] = [];
          for (const [at, { percents, isRestarted }] of all.entries()) {
            await agent.beat(at, percents);
            records.push(...agent.tell(false));
            if (!isRestarting || !isRestarted) continue;
            await agent.save(true);
            await agent.start(at);
          }
          return records;
        };
        expect(await told(true)).toEqual(await told(false));
      }),
      { numRuns: 30 },
    );
  });
});

describe('an agent that is killed at any point', () => {
  const events = [
    'before it is kept',
    'before it is told',
    'reboot',
    'no file',
    'torn file',
    'tell',
    'digest',
  ] as const;
  const step = fc.record({
    percents: readingsOf(fc.constantFrom(10, 70, 82, 90, 97)),
    event: fc.option(fc.constantFrom(...events)),
  });
  type Step = { readonly percents: Percents; readonly event: (typeof events)[number] | null };

  const live = async (agent: Agent, server: Server, { percents, event }: Step, at: number): Promise<void> => {
    await agent.beat(at, { ...percents, '/full': 97 }, event === 'before it is kept');
    if (event === null) return;
    if (event === 'tell' || event === 'digest') return server.take(agent.tell(event === 'digest'));
    if (event === 'no file') rmSync(path);
    if (event === 'torn file') writeFileSync(path, '{"version":1,"bootId":"boot');
    if (event === 'reboot') agent.boot += 1;
    await agent.start(at);
  };

  it('the server ends with what is true, and is never told that what is bad all the time is over', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 30 }),
        readingsOf(fc.constantFrom(10, 90, 97)),
        async (steps, last) => {
          const agent = await begin();
          const server = new Server();
          let wasOpen = false;
          for (const [at, one] of steps.entries()) {
            await live(agent, server, one, at);
            if (wasOpen) expect(server.open.has('/full')).toBe(true);
            wasOpen ||= server.open.has('/full');
          }
          for (let at = 0; at < 10; at += 1) await agent.beat(steps.length + at, { ...last, '/full': 97 });
          server.take(agent.tell(true));
          const expected = Object.entries({ ...last, '/full': 97 })
            .filter(([, percent]) => percent > 85)
            .map(([instance, percent]) => [instance, percent > 95 ? 'critical' : 'warning']);
          expect(Object.fromEntries(server.open)).toEqual(Object.fromEntries(expected));
        },
      ),
      { numRuns: 60 },
    );
  });
});

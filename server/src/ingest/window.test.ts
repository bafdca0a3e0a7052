// What a session grants while the writer does not keep up. The writer is played: a real one is too fast to be held up at will.
import { generateKeyPairSync, sign } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';

import { INTERVALS } from '@fettle/shared/wire/intervals';
import { helloProof } from '@fettle/shared/wire/signing';
import { expect, it } from 'vitest';

import type { Outcome } from '../domain/event.ts';
import { ruleBookAt } from '../domain/rule-book.ts';
import { aDevice } from '../fixture.ts';
import type { Ask } from '../store/questions.ts';
import { Claims } from './claims.ts';
import { Fleet } from './fleet.ts';
import { Pressure } from './pressure.ts';
import { type Ingest, Session } from './session.ts';

const NONCE = 'n'.repeat(43);
const EPOCH = 'e'.repeat(22);
const ID = `d_${'i'.repeat(22)}`;
const SERVER_ID = `s_${'s'.repeat(22)}`;

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const device = aDevice({ id: ID, publicKey: publicKey.export({ format: 'jwk' }).x ?? '' });
const claim = {
  serverId: SERVER_ID,
  nonce: NONCE,
  deviceId: ID,
  agentNonce: EPOCH,
  alertsEpoch: EPOCH,
  metricsEpoch: EPOCH,
};
const hello = JSON.stringify({
  type: 'hello',
  deviceId: ID,
  signature: sign(null, Buffer.from(helloProof(claim)), privateKey).toString('base64url'),
  agentNonce: EPOCH,
  protocol: { min: 1, max: 1 },
  agentVersion: '1',
  bootId: '',
  clock: 1,
  hostname: 'a',
  os: 'linux',
  class: 'server',
  lanes: { alerts: { epoch: EPOCH, next: 1 }, metrics: { epoch: EPOCH, next: 1 } },
  ruleSet: '',
});

const facts = Array.from({ length: 120 }, (_, n) => ({ label: `${n}`, value: 'x'.repeat(480) }));
const body = { kind: 'inventory', at: 1, sections: [{ id: 'a', title: 'a', facts }] };

/** Sessions of a server whose writer decides nothing but hellos, until it is told to. */
const stalled = () => {
  const waiting: ((outcome: Outcome) => void)[] = [];
  const answers: Readonly<Record<string, unknown>> = { device, 'device marks': { alerts: null, metrics: null } };
  const ask = ((kind: string) => Promise.resolve(answers[kind])) as unknown as Ask;
  const ingest: Omit<Ingest, 'claims'> = {
    serverId: SERVER_ID,
    bookFor: () => ruleBookAt({ divisor: 1 }),
    fleet: new Fleet(),
    pressure: new Pressure(),
    ask,
    commit: ({ type }) =>
      type === 'hello' ? Promise.resolve({ is: 'done' }) : new Promise((resolve) => waiting.push(resolve)),
    intervals: () => INTERVALS,
    nowMs: () => 1,
    count: () => undefined,
    onReadings: () => undefined,
  };
  const open = async () => {
    const heard: string[] = [];
    const closed: number[] = [];
    const session = new Session(
      { ...ingest, claims: new Claims(() => Promise.resolve()) }, // as if each were a device of its own
      { send: (text) => heard.push(text), close: (code) => closed.push(code), ping: () => undefined },
      NONCE,
    );
    session.onText(hello);
    const welcome = () => heard.find((text) => text.startsWith('{"type":"welcome"'));
    while (!welcome()) await setImmediate();
    const { window } = JSON.parse(welcome() ?? '{}') as { readonly window: number };
    /** Records of about 60 KiB. */
    const say = (count: number) => {
      for (let seq = 1; seq <= count; seq += 1)
        session.onText(JSON.stringify({ type: 'record', lane: 'alerts', epoch: EPOCH, seq, body }));
    };
    return { window, say, closed };
  };
  const catchUp = () => {
    for (const resolve of waiting.splice(0)) resolve({ is: 'done' });
  };
  return { open, catchUp };
};

it('grants less the more waits, turns away what does not fit, and grants all again when the writer has caught up', async () => {
  const { open, catchUp } = stalled();
  const first = await open();
  expect(first.window).toBe(64);
  first.say(64);
  const windows = [];
  for (let agents = 0; agents < 16; agents += 1) {
    const agent = await open();
    windows.push(agent.window);
    agent.say(agent.window);
  }
  expect(windows).toEqual(windows.toSorted((a, b) => b - a));
  expect(windows[0]).toBeLessThan(64);
  expect(windows.at(-1)).toBeLessThan(32);
  const greedy = await Promise.all(Array.from({ length: 20 }, () => open()));
  for (const agent of greedy) agent.say(2 * agent.window);
  expect(greedy.flatMap(({ closed }) => closed)).toContain(1013); // try again later: what it has stays with the agent
  catchUp();
  for (let turn = 0; turn < 10; turn += 1) await setImmediate();
  expect((await open()).window).toBe(64);
}, 20_000);

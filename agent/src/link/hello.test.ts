// The hello proves who the agent is to this server, in this connection, and to nobody else.
import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';

import { hello as helloSchema } from '@fettle/shared/wire/agent-message.schema';
import { helloProof } from '@fettle/shared/wire/signing';
import { describe, expect, it } from 'vitest';

import { type Self, helloOf } from './hello.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const AT = 1_763_856_000_000;
const RUN = { uptimeMs: 9_000, agentMs: 5_000, asleepMs: 1_000, lastEnd: 'killed' } as const;
const id = (letter: string, fill: string) => `${letter}_${fill.repeat(22)}`;
const epochs = { alerts: 'a'.repeat(22), metrics: 'm'.repeat(22) } as const;
const outbox = {
  lane: (lane: 'alerts' | 'metrics') => ({ epoch: epochs[lane], nextSeq: lane === 'alerts' ? 5 : 9, acked: 0 }),
  read: () => Promise.resolve([]),
  ack: () => true,
  renew: () => Promise.resolve(),
  setAside: () => Promise.resolve(),
};
const nonces = ['x', 'y'].map((letter) => letter.repeat(22));
const challenge = { nonce: 'n'.repeat(43), serverId: id('s', 's') };

const setUp = () => {
  const left = [...nonces];
  const self: Self = {
    deviceId: id('d', 'd'),
    serverId: challenge.serverId,
    sign: (text) => sign(null, Buffer.from(text), privateKey).toString('base64url'),
    newNonce: () => left.shift() ?? '',
    device: { os: 'linux', class: 'laptop' },
    hostname: 'pc',
    agentVersion: '0.1.0',
    bootId: 'boot',
  };
  return (asked = challenge) => helloOf(self, asked, { outbox, ruleSet: 'v7', wallMs: AT, run: RUN });
};

const isSignedFor = (signature: string, change: Partial<Parameters<typeof helloProof>[0]> = {}) => {
  const claim = {
    serverId: challenge.serverId,
    nonce: challenge.nonce,
    deviceId: id('d', 'd'),
    alertsEpoch: epochs.alerts,
    metricsEpoch: epochs.metrics,
    agentNonce: nonces[0] ?? '',
    ...change,
  };
  const text = Buffer.from(helloProof(claim));
  return verify(null, text, createPublicKey(privateKey), Buffer.from(signature, 'base64url'));
};

describe('helloOf', () => {
  it('says all that the protocol asks for', () => {
    const hello = helloSchema.parse(setUp()());
    expect(hello).toMatchObject({
      deviceId: id('d', 'd'),
      agentNonce: nonces[0],
      protocol: { min: 1, max: 1 },
      bootId: 'boot',
      clock: AT,
      hostname: 'pc',
      os: 'linux',
      class: 'laptop',
      lanes: { alerts: { epoch: epochs.alerts, next: 5 }, metrics: { epoch: epochs.metrics, next: 9 } },
      ruleSet: 'v7',
      run: RUN,
    });
  });

  it('is signed with the key of the device', () => {
    expect(isSignedFor(setUp()()?.signature ?? '')).toBe(true);
  });

  it.each([
    ['another server', { serverId: id('s', 'z') }],
    ['another connection', { nonce: 'z'.repeat(43) }],
    ['another nonce of the agent', { agentNonce: 'z'.repeat(22) }],
    ['another device', { deviceId: id('d', 'z') }],
    ['another epoch of alerts', { alertsEpoch: 'z'.repeat(22) }],
    ['another epoch of metrics', { metricsEpoch: 'z'.repeat(22) }],
  ])('the signature is worth nothing for %s', (_what, change) => {
    expect(isSignedFor(setUp()()?.signature ?? '', change)).toBe(false);
  });

  it('has a nonce of its own for each connection', () => {
    const hello = setUp();
    expect([hello()?.agentNonce, hello()?.agentNonce]).toEqual(nonces);
  });

  it('signs nothing for a server that the device does not belong to', () => {
    expect(setUp()({ ...challenge, serverId: id('s', 'z') })).toBeUndefined();
  });
});

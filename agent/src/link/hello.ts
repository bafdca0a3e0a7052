// The answer to the server's challenge: who we are, proven, and where our lanes stand; or that we are to be another from now on.
import type { Device } from '@fettle/shared/rule/scope';
import type { Hello, Rekey, Run } from '@fettle/shared/wire/agent-message.schema';
import { PROTOCOL_VERSION } from '@fettle/shared/wire/limits';
import { helloProof, rekeyProof } from '@fettle/shared/wire/signing';

import type { Outbox } from './outbox.ts';

export type Self = {
  readonly deviceId: string;
  /** The server that this device was enrolled at. */
  readonly serverId: string;
  readonly sign: (text: string) => string;
  readonly newNonce: () => string;
  readonly device: Device;
  readonly hostname: string;
  readonly agentVersion: string;
  readonly bootId: string;
};

/** `publicKey`: the raw 32 bytes, base64url. */
export type OwnKey = { readonly publicKey: string; readonly sign: (text: string) => string };

export type HelloState = {
  readonly outbox: Outbox;
  readonly ruleSet: string;
  readonly wallMs: number;
  readonly run: Run;
};

/** @returns undefined when another server asks: it gets no signature */
export const helloOf = (
  self: Self,
  challenge: { readonly nonce: string; readonly serverId: string },
  { outbox, ruleSet, wallMs, run }: HelloState,
): Hello | undefined => {
  if (challenge.serverId !== self.serverId) return undefined;
  const agentNonce = self.newNonce();
  const [alerts, metrics] = [outbox.lane('alerts'), outbox.lane('metrics')];
  const { deviceId, serverId, device, hostname, agentVersion, bootId } = self;
  const { nonce } = challenge;
  const claim = { serverId, nonce, deviceId, agentNonce, alertsEpoch: alerts.epoch, metricsEpoch: metrics.epoch };
  return {
    type: 'hello',
    deviceId,
    signature: self.sign(helloProof(claim)),
    agentNonce,
    protocol: { min: PROTOCOL_VERSION, max: PROTOCOL_VERSION },
    agentVersion,
    bootId,
    clock: wallMs,
    hostname,
    os: device.os,
    class: device.class,
    lanes: {
      alerts: { epoch: alerts.epoch, next: alerts.nextSeq },
      metrics: { epoch: metrics.epoch, next: metrics.nextSeq },
    },
    ruleSet,
    run,
  };
};

/** @returns undefined when another server asks. @throws when no key can be kept */
export const rekeyOf = async (
  self: Self,
  challenge: { readonly nonce: string; readonly serverId: string },
  newKey: () => Promise<OwnKey>,
): Promise<Rekey | undefined> => {
  const { deviceId, serverId, device, hostname, agentVersion } = self;
  if (challenge.serverId !== serverId) return undefined;
  const { publicKey, sign } = await newKey();
  const text = rekeyProof({ serverId, nonce: challenge.nonce, deviceId, publicKey });
  const proven = { deviceId, publicKey, signature: self.sign(text), proof: sign(text) };
  return { type: 'rekey', ...proven, agentVersion, hostname, os: device.os, class: device.class };
};

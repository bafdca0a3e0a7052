// The demo's agents: the real agent core on made-up machines, a clock that catches up, and the real protocol to the server.
import { randomBytes } from 'node:crypto';

import { Agent } from '@fettle/agent/agent';
import { ServerClock } from '@fettle/agent/collect/clock/server-clock';
import { collectorsFor } from '@fettle/agent/collect/collectors';
import { systemClock } from '@fettle/agent/host/clock';
import { postJsonTo } from '@fettle/agent/host/http';
import { memoryFs } from '@fettle/agent/host/memory-fs';
import { enroll } from '@fettle/agent/identity/enroll';
import { Identity } from '@fettle/agent/identity/identity';
import { webSocketDial } from '@fettle/agent/link/socket';
import { memorySpool } from '@fettle/agent/spool/memory';
import { VERSION } from '@fettle/agent/version';

import { FastClock } from './fast-clock.ts';
import { machineOf } from './machine.ts';
import { simulatedHost } from './simulated-host.ts';

export type DemoOptions = {
  readonly url: string;
  readonly token: string;
  readonly devices: number;
  readonly backMs: number;
  readonly rate: number;
};

const MAX_BYTES = { alerts: 256 * 1024, metrics: 1024 * 1024 };

/** Devices that are enrolled at once; more would only queue at the server. */
const AT_ONCE = 16;

/** @returns what says goodbye for all of them */
export const startFleet = async (options: DemoOptions): Promise<() => Promise<void>> => {
  const clock = new FastClock(options.backMs, options.rate);
  const agents: Agent[] = [];
  for (let from = 0; from < options.devices; from += AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, options.devices - from) }, (_, index) => from + index);
    agents.push(...(await Promise.all(numbers.map((index) => startOne(index, options, clock)))));
  }
  return async () => {
    await Promise.all(agents.map((agent) => agent.stop('suspend')));
  };
};

const startOne = async (index: number, { url, token }: DemoOptions, clock: FastClock): Promise<Agent> => {
  const machine = machineOf(index);
  const host = simulatedHost(machine, clock);
  const fs = memoryFs();
  const identity = await Identity.create(fs, 'identity');
  const device = { os: machine.os, class: machine.class };
  const post = postJsonTo(url);
  const enrolled = await enroll({
    identity,
    post,
    serverUrl: url,
    token,
    device,
    hostname: machine.name,
    tags: [],
    agentVersion: VERSION,
  });
  const agent = new Agent({
    clock,
    rng: Math.random,
    fs,
    host,
    net: { dial: webSocketDial(url), clock: systemClock },
    spool: memorySpool({ newEpoch: newNonce, maxBytes: MAX_BYTES }),
    collectors: () => collectorsFor(machine.os),
    serverClock: new ServerClock(), // of its own: the machine's clock is not the world's
    self: {
      ...enrolled,
      sign: (text) => identity.sign(text),
      newNonce,
      device,
      hostname: machine.name,
      agentVersion: VERSION,
      bootId: host.bootId(),
    },
    files: { state: 'state', rules: 'rules' },
    ownKey: { make: () => identity.newKey(), become: (other) => identity.become(other) },
    onStatus: () => undefined,
    log: ({ event, ...rest }) => {
      if (event === 'failed') process.stderr.write(`demo ${machine.name}: ${JSON.stringify(rest)}\n`);
    },
  });
  await agent.start();
  return agent;
};

const newNonce = (): string => randomBytes(16).toString('base64url');

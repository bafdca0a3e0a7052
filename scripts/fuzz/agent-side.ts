// Broken messages of a server, said to the agent's real link, with the validators that its bundle has.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

import type { Link } from '@fettle/agent/link/link';
import type { SocketHandlers } from '@fettle/agent/link/socket';
import { outboxOf } from '@fettle/agent/outbox';
import { adopted } from '@fettle/agent/rules/rule-set';
import { memorySpool } from '@fettle/agent/spool/memory';
import type { Hello, Rekey } from '@fettle/shared/wire/agent-message.schema';
import { samples } from '@fettle/shared/wire/fixture';
import { serverMessage } from '@fettle/shared/wire/server-message.schema';
import { build } from 'esbuild';
import { z } from 'zod';

import { schemaPlugin } from '../build/schema-modules.ts';
import { brokenText } from './broken-text.ts';
import type { Chance } from './chance.ts';
import { type Tally, newTally, noteCrash } from './tally.ts';

const AT = 1_763_856_000_000;
const AT_ONCE = 64;
const EPOCH = 'e'.repeat(22); // of the samples

const messages = samples.filter(([, schema]) => schema === serverMessage).map(([, , value]) => value);
const challenge = JSON.stringify({ type: 'challenge', nonce: 'n'.repeat(43), serverId: `s_${'i'.repeat(22)}` });
const welcome = messages.find((message) => 'type' in message && message.type === 'welcome') ?? {};

const hello: Hello = {
  type: 'hello',
  deviceId: `d_${'i'.repeat(22)}`,
  signature: 's'.repeat(86),
  agentNonce: EPOCH,
  protocol: { min: 1, max: 1 },
  agentVersion: '1',
  bootId: '',
  clock: AT,
  hostname: 'pc',
  os: 'linux',
  class: 'server',
  lanes: { alerts: { epoch: EPOCH, next: 10 }, metrics: { epoch: EPOCH, next: 1 } },
  ruleSet: '',
};

const { deviceId, signature, agentVersion, hostname, os, class: deviceClass } = hello;
const rekey: Rekey = {
  type: 'rekey',
  deviceId,
  signature,
  agentVersion,
  hostname,
  os,
  class: deviceClass,
  publicKey: 'k'.repeat(43),
  proof: signature,
};

/** As the resident agent has it: without zod. */
const loadLink = async (): Promise<typeof Link> => {
  const folder = mkdtempSync(join(tmpdir(), 'fettle-fuzz-'));
  try {
    const outfile = join(folder, 'link.mjs');
    const entry = join(import.meta.dirname, '..', '..', 'agent', 'src', 'link', 'link.ts');
    await build({
      entryPoints: [entry],
      bundle: true,
      format: 'esm',
      platform: 'node',
      outfile,
      plugins: [schemaPlugin([])],
    });
    const module: unknown = await import(pathToFileURL(outfile).href);
    return z.object({ Link: z.custom<typeof Link>() }).parse(module).Link;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

export type AgentUnderAttack = { readonly tally: Tally; readonly attack: (count: number) => Promise<void> };

export const startAgent = async (chance: Chance): Promise<AgentUnderAttack> => {
  const tally = newTally();
  const played = playedLink(await loadLink(), chance);
  const attack = async (count: number): Promise<void> => {
    for (let done = 0; done < count; done += 1) {
      sayBroken(played, chance, tally);
      if (done % AT_ONCE === 0) await setImmediate();
    }
  };
  return { tally, attack };
};

const sayBroken = ({ link, ready, say }: ReturnType<typeof playedLink>, chance: Chance, tally: Tally): void => {
  const base = chance.is(0.3) ? welcome : (messages[chance.below(messages.length)] ?? {});
  const text = brokenText(base, chance);
  const before = link.status.unreadable;
  try {
    ready();
    say(text);
    if (link.status.unreadable > before) tally.refused += 1;
    else tally.accepted += 1;
  } catch (error) {
    noteCrash(tally, text, error);
  }
};

/** A link whose network and clock are at hand: lost, it dials again at once. */
const playedLink = (LinkOfAgent: typeof Link, chance: Chance) => {
  const sockets: SocketHandlers[] = [];
  const timers = new Set<() => void>();
  const maxBytes = { alerts: 1e6, metrics: 1e6 };
  const spool = memorySpool({ newEpoch: () => EPOCH, maxBytes });
  for (let count = 0; count < 9; count += 1) void spool.append('alerts', Buffer.from('{}'), AT);
  const link = new LinkOfAgent({
    clock: {
      wallMs: () => AT,
      monoMs: () => 0,
      after: (_ms, run) => {
        timers.add(run);
        return () => timers.delete(run);
      },
    },
    rng: () => chance.next(),
    dial: (handlers) => {
      sockets.push(handlers);
      return { send: () => undefined, bufferedBytes: () => 0, close: () => undefined, drop: () => undefined };
    },
    outbox: outboxOf(spool, () => undefined),
    hello: () => hello,
    rekey: () => Promise.resolve(rekey),
    onRekeyed: () => undefined,
    onWelcome: ({ ruleSet }) => ruleSet && adopted(ruleSet),
    onMessage: (message) => message.type === 'rules' && adopted(message.ruleSet),
    log: () => undefined,
  });
  link.start();
  const say = (text: string): void => sockets.at(-1)?.onText(text);
  const runAll = (): void => {
    const due = [...timers];
    timers.clear();
    for (const run of due) run();
  };
  const ready = (): void => {
    if (link.status.state === 'waiting') runAll();
    if (link.status.state === 'connecting' && chance.is(0.9)) say(challenge);
    if (link.status.state === 'greeting' && chance.is(0.9)) say(JSON.stringify(welcome));
    sockets.splice(0, sockets.length - 1);
  };
  return { link, say, ready };
};

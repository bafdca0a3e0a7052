// A server of ours with one device, whose alerts open tickets: in a hurry, so that rounds are seconds.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Server } from '@fettle/server/app';
import { SYSTEM } from '@fettle/server/domain/actor';
import type { WriterEvent } from '@fettle/server/domain/event';
import { HOME } from '@fettle/server/domain/home';
import { hashOf, newSecret } from '@fettle/server/people/secrets';
import { VERSION } from '@fettle/server/version';
import { HOUR_MS } from '@fettle/shared/time';
import type { RecordBody } from '@fettle/shared/wire/record.schema';

import { startHurriedServer } from '../hurried-server.ts';
import type { Account } from './request-tracker.ts';

export type Here = {
  /** An alert about this volume, and so a ticket. @returns the ticket's id */
  readonly open: (volume: string) => Promise<string>;
  readonly note: (ticket: string, text: string) => Promise<void>;
  readonly resolve: (ticket: string) => Promise<void>;
  readonly stateOf: (ticket: string) => Promise<string>;
  readonly notesOf: (ticket: string) => Promise<readonly { readonly by: string; readonly text: string }[]>;
  /** Why tickets are not there as they should be. */
  readonly problems: () => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
};

const kim = { ...SYSTEM, name: 'kim' };

export const startHere = async (folder: string, url: string, { name, password }: Account): Promise<Here> => {
  const server = await startHurriedServer(folder, 0, 'warn');
  const secretFile = join(folder, 'secret');
  writeFileSync(secretFile, `${name}:${password}`, { mode: 0o600 });
  await done(server, { type: 'create site', actor: SYSTEM, ...HOME });
  const system = { kind: 'rt', url, queue: 'General', secretFile } as const;
  await done(server, { type: 'set external', actor: SYSTEM, tenant: HOME.tenant, system });
  return acts(server, await enrol(server));
};

const acts = (server: Server, device: string): Here => {
  let seq = 0;
  const opened: string[] = [];
  const found = async (id: string) => {
    const answer = await server.ask('ticket', SYSTEM, { id });
    if (!answer) throw new Error(`The ticket ${id} is gone.`);
    return answer;
  };
  return {
    open: async (instance) => {
      seq += 1;
      const at = Date.now();
      const about = { rule: 'disk.space', ruleHash: 'h', instance, severity: 'critical', at, since: at } as const;
      const transition = { change: 'fire', ...about, reason: 'threshold', evidence: [] } as const;
      const body: RecordBody = { kind: 'transition', transition: { ...transition, evidence: [] } };
      await done(server, { type: 'record', device, epoch: 'e', seq, body });
      const page = { states: [], device, after: { createdMs: Number.MAX_SAFE_INTEGER, id: '' }, limit: 100 };
      const ticket = (await server.ask('tickets', SYSTEM, page)).find((one) => one.instance === instance);
      if (!ticket) throw new Error('The alert has opened no ticket.');
      opened.push(ticket.id);
      return ticket.id;
    },
    note: (ticket, text) =>
      done(server, { type: 'act on ticket', actor: kim, ticket, version: null, act: { do: 'note', text } }),
    resolve: async (ticket) => {
      const { version } = (await found(ticket)).ticket;
      await done(server, {
        type: 'act on ticket',
        actor: kim,
        ticket,
        version,
        act: { do: 'resolve', text: 'Cleaned up.' },
      });
    },
    stateOf: async (ticket) => (await found(ticket)).ticket.state,
    notesOf: async (ticket) => (await found(ticket)).notes,
    problems: async () => {
      const links = await Promise.all(opened.map((id) => server.ask('external ticket', SYSTEM, { id })));
      return links.flatMap((known) => (known?.link?.problem ? [known.link.problem] : []));
    },
    close: () => server.close(),
  };
};

const enrol = async (server: Server): Promise<string> => {
  const tokenHash = hashOf(newSecret('ft'));
  const expiresMs = Date.now() + HOUR_MS;
  await done(server, {
    type: 'create enrol token',
    actor: SYSTEM,
    hash: tokenHash,
    site: HOME.site,
    expiresMs,
    maxUses: 1,
  });
  const about = { hostname: 'srv-01', os: 'linux', class: 'desktop', agentVersion: VERSION } as const;
  const outcome = await server.commit({ type: 'enrol', tokenHash, publicKey: newSecret('fs'), ...about });
  if (outcome.is !== 'enrolled') throw new Error(`The device is ${outcome.is}.`);
  return outcome.deviceId;
};

const done = async (server: Server, event: WriterEvent): Promise<void> => {
  const outcome = await server.commit(event);
  if (outcome.is !== 'done')
    throw new Error(`${event.type} is ${outcome.is}: ${'message' in outcome ? outcome.message : ''}`);
};

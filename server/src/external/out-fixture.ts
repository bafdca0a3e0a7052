// A tenant whose tickets go to another system, with the writer and its rounds; and somebody who takes what is told and answers nothing.
import { writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, createServer } from 'node:http';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';

import { MINUTE_MS } from '@fettle/shared/time';
import { onTestFinished } from 'vitest';

import { SYSTEM } from '../domain/actor.ts';
import type { Outcome, WriterEvent } from '../domain/event.ts';
import type { ExternalSystem } from '../domain/external/external.ts';
import { NOW, aTold, freshFolder, openWriter } from '../fixture.ts';
import { portOf } from '../http/port.ts';
import { answers } from '../store/answers.ts';
import type { Ask } from '../store/questions.ts';
import { openerOf } from './open.ts';
import type { OutContext } from './out-context.ts';
import { createSync } from './sync.ts';

export const kim = { ...SYSTEM, name: 'kim' };

/** A tenant whose tickets go there, with one that an alert opened. */
export const open = (system: ExternalSystem, context: Partial<OutContext> = {}) => {
  const stores = openWriter();
  stores.fettle.db.pragma('synchronous = OFF');
  let nowMs = NOW;
  /** Writes that come to nothing, in their order. */
  const failing: boolean[] = [];
  const write = (event: WriterEvent): Outcome => stores.writer.commit([event], nowMs)[0]?.outcome ?? { is: 'done' };
  /** Tenants whose questions find no answer. */
  const unasked = new Set<unknown>();
  const ask: Ask = (kind, actor, question) =>
    'tenant' in question && unasked.has(question.tenant)
      ? Promise.reject(new Error('The disk is gone.'))
      : Promise.resolve(answers[kind](stores, actor, question));
  const commit = (event: WriterEvent): Promise<Outcome> =>
    Promise.resolve(failing.shift() ? { is: 'unavailable', message: 'The disk is gone.' } : write(event));
  const all = {
    url: () => 'https://fettle.example',
    smtp: undefined,
    allowed: new Set(['127.0.0.1']),
    nowMs: () => nowMs,
    deadlineMs: 5_000,
    ...context,
  };
  const sync = createSync({ ask, commit, nowMs: () => nowMs, serverId: 'srv', lookMs: MINUTE_MS, open: openerOf(all) });
  onTestFinished(() => sync.stop());
  const set = (to: ExternalSystem) => write({ type: 'set external', actor: SYSTEM, tenant: 'acme', system: to });
  const link = () => stores.fettle.external.link(id);
  set(system);
  write(aTold(1));
  const id = stores.fettle.db.prepare<[], string>('SELECT id FROM tickets').pluck().get() ?? '';
  const act = (change: (WriterEvent & { type: 'act on ticket' })['act']) =>
    write({
      type: 'act on ticket',
      actor: kim,
      ticket: id,
      version: stores.fettle.external.copy(id)?.version ?? 0,
      act: change,
    });
  const later = async (ms = MINUTE_MS): Promise<void> => {
    nowMs += ms;
    await sync.round();
  };
  return { ...stores, act, later, failing, unasked, set, write, id, link, sync };
};

export const words = {
  body: 'b',
  priority: 'normal',
  requester: null,
  category: null,
  assignee: null,
  device: null,
} as const;

export const openMany = (count: number, write: (event: WriterEvent) => unknown): void => {
  for (let n = 0; n < count; n += 1)
    write({ type: 'open ticket', actor: kim, tenant: 'acme', ticket: { subject: `s${n}`, ...words } });
};

type Request = { readonly headers: IncomingHttpHeaders; readonly body: unknown };

export const receiver = async (statuses: number[] = []) => {
  const requests: Request[] = [];
  const first = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      requests.push({ headers: request.headers, body });
      first.resolve();
      response.writeHead(statuses.shift() ?? 202, { location: 'http://127.0.0.1:1/' }).end('taken');
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const keyFile = join(freshFolder(), 'key');
  writeFileSync(keyFile, 'hush\n');
  const url = `http://127.0.0.1:${portOf(server)}/tickets`;
  return { requests, asked: first.promise, system: { kind: 'webhook', url, keyFile } as const };
};

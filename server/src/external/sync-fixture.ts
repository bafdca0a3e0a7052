// A tenant whose tickets go to a real tracker on loopback, with the writer and its rounds.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { onTestFinished } from 'vitest';

import { SYSTEM } from '../domain/actor.ts';
import type { Outcome, WriterEvent } from '../domain/event.ts';
import type { NoteCopy } from '../domain/external/external.ts';
import { NOW, aTold, freshFolder, openWriter } from '../fixture.ts';
import { answers } from '../store/answers.ts';
import type { Ask } from '../store/questions.ts';
import { openerOf } from './open.ts';
import { createSync } from './sync.ts';
import { TestTracker } from './test-tracker.ts';

const LOOK_MS = 60_000;
const eva = { ...SYSTEM, name: 'kim' };

export const open = async () => {
  const tracker = await TestTracker.open();
  onTestFinished(() => tracker.close());
  const stores = openWriter();
  stores.fettle.db.pragma('synchronous = OFF');
  const secretFile = join(freshFolder(), 'secret');
  writeFileSync(secretFile, 'secret\n');
  let nowMs = NOW;
  /** Writes that come to nothing, in their order. */
  const failing: boolean[] = [];
  const write = (event: WriterEvent): Outcome => stores.writer.commit([event], nowMs)[0]?.outcome ?? { is: 'done' };
  const ask: Ask = (kind, actor, question) => Promise.resolve(answers[kind](stores, actor, question));
  const sync = createSync({
    ask,
    commit: (event) =>
      Promise.resolve(failing.shift() ? { is: 'unavailable', message: 'The disk is gone.' } : write(event)),
    nowMs: () => nowMs,
    serverId: 'srv',
    lookMs: LOOK_MS,
    open: openerOf({ url: () => '', smtp: undefined, allowed: new Set(), nowMs: () => nowMs, deadlineMs: 5_000 }),
  });
  write({
    type: 'set external',
    actor: SYSTEM,
    tenant: 'acme',
    system: { kind: 'rt', url: tracker.url, queue: 'General', secretFile },
  });
  write(aTold(1));
  const ticketId = stores.fettle.db.prepare<[], string>('SELECT id FROM tickets').pluck().get() ?? '';
  const ticket = () => {
    const found = stores.fettle.external.copy(ticketId);
    if (!found) throw new Error('it is gone');
    return found;
  };
  const notes = () =>
    stores.fettle.db
      .prepare<[string], NoteCopy>('SELECT id, "by", what, text FROM ticket_notes WHERE ticket = ? ORDER BY id')
      .all(ticketId);
  /** A round later. */
  const later = async (ms = LOOK_MS): Promise<void> => {
    nowMs += ms;
    await sync.round();
  };
  const link = () => stores.fettle.external.link(ticketId);
  const note = (text: string) =>
    write({ type: 'act on ticket', actor: eva, ticket: ticketId, version: null, act: { do: 'note', text } });
  const resolve = () =>
    write({
      type: 'act on ticket',
      actor: eva,
      ticket: ticketId,
      version: ticket().version,
      act: { do: 'resolve', text: 'Cleaned.' },
    });
  onTestFinished(() => sync.stop());
  return { tracker, ...stores, sync, later, ticket, notes, link, note, resolve, write, failing, ticketId, secretFile };
};

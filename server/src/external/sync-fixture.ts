// A tenant whose tickets go to a real tracker on loopback.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { onTestFinished } from 'vitest';

import type { NoteCopy } from '../domain/external/external.ts';
import { freshFolder } from '../fixture.ts';
import { open as openTenant } from './out-fixture.ts';
import { TestTracker } from './test-tracker.ts';

export const open = async () => {
  const tracker = await TestTracker.open();
  onTestFinished(() => tracker.close());
  const secretFile = join(freshFolder(), 'secret');
  writeFileSync(secretFile, 'secret\n');
  const tenant = openTenant({ kind: 'rt', url: tracker.url, queue: 'General', secretFile });
  const { fettle, id: ticketId, act } = tenant;
  const ticket = () => {
    const found = fettle.external.copy(ticketId);
    if (!found) throw new Error('it is gone');
    return found;
  };
  const notes = () =>
    fettle.db
      .prepare<[string], NoteCopy>('SELECT id, "by", what, text FROM ticket_notes WHERE ticket = ? ORDER BY id')
      .all(ticketId);
  const note = (text: string) => act({ do: 'note', text });
  const resolve = () => act({ do: 'resolve', text: 'Cleaned.' });
  return { ...tenant, tracker, ticket, notes, note, resolve, ticketId, secretFile };
};

// What a file of before people's tickets has is there after the step, and goes on.
import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import Database from 'better-sqlite3';
import { expect, it } from 'vitest';

import { datedFacts } from '../domain/ticket/facts.ts';
import { freshFolder } from '../fixture.ts';
import { APPLICATION } from './database.ts';
import { openFettle } from './fettle.ts';
import { migrate } from './migrate.ts';

const STEPS = join(import.meta.dirname, 'migrations', 'fettle');

it('tickets and their notes of before are kept, with what is theirs', () => {
  const [folder, before] = [freshFolder(), freshFolder()];
  for (const name of readdirSync(STEPS)) if (name < '0009') cpSync(join(STEPS, name), join(before, name));
  const old = new Database(join(folder, 'fettle.db'));
  migrate(old, before);
  old.exec(`INSERT INTO tenants (id, name, ticket_prefix, next_ticket) VALUES ('t', 'T', 'T', 2);
    INSERT INTO sites (id, tenant, name) VALUES ('s', 't', 'S');
    INSERT INTO devices (id, tenant, site, public_key, hostname, os, class, agent_version, boot_id, enrolled_ms, last_seen_ms, presence,
      presence_since_ms, clock_offset_ms, lost_records)
    VALUES ('d', 't', 's', 'k', 'h', 'linux', 'server', '1', 'b', 1, 1, 'online', 1, 0, 0);
    INSERT INTO tickets (id, tenant, site, device, rule, instance, key, number, state, priority, subject, body, is_touched, created_ms,
      updated_ms, reopened, reopened_ms, version)
    VALUES ('k', 't', 's', 'd', 'r', '/', 'key', 'T-1', 'open', 'high', 'subject', 'body', 1, 1, 2, 0, '[]', 3);
    INSERT INTO ticket_notes (ticket, at_ms, by, what, text) VALUES ('k', 1, 'Fettle', 'opened', 'Opened.'), ('k', 2, 'eva', 'taken', 'Mine.')`);
  old.pragma(`application_id = ${APPLICATION.fettle}`);
  old.close();
  const { db, tickets, timers, devices } = openFettle(folder);
  const kept = tickets.get('k');
  expect(kept).toMatchObject({
    number: 'T-1',
    device: 'd',
    state: 'open',
    isTouched: true,
    version: 3,
    fires: 1,
    wait: null,
  });
  expect(tickets.notes('k').map(({ what, isInternal }) => [what, isInternal])).toEqual([
    ['opened', false],
    ['taken', false],
  ]);
  expect(datedFacts(tickets.facts('k'), { priority: 'high' })).toEqual([
    { is: 'opened', priority: 'high', atMs: 1 },
    { is: 'answered', atMs: 2 },
  ]);
  timers.lookAgain('t', 5);
  expect(timers.due(5, 9)).toEqual([{ kind: 'sla stage', subject: 'k', dueMs: 5 }]);
  expect(() => db.exec("UPDATE ticket_notes SET ticket = 'none'")).toThrow('FOREIGN KEY');
  devices.remove('d');
  expect([tickets.get('k'), tickets.notes('k')]).toEqual([undefined, []]);
  db.close();
});

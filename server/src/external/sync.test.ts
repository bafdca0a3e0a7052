// Both ways, over real sockets and into a real database: nothing is lost and nothing is there or here twice, whatever answer gets lost.
import { writeFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { SYSTEM } from '../domain/actor.ts';
import { NOW, aTold } from '../fixture.ts';
import { open } from './sync-fixture.ts';
import type { Fate } from './test-tracker.ts';

describe('a new ticket', () => {
  it('is made there with its number and text, and under our key', async () => {
    const { tracker, later, ticket } = await open();
    await later();
    const { number, subject, body } = ticket();
    expect(tracker.tickets).toMatchObject([{ subject: `[${number}] ${subject}`, content: body, status: 'new' }]);
    expect(tracker.tickets[0]?.key).toMatch(/^fettle:srv\/t_/);
  });

  it.each<[string, readonly Fate[]]>([
    ['the answer to its making is lost', ['well', 'answer lost']],
    ['it could not be made at first', ['well', 'not done']],
    ['it could not be looked for at first', ['not done']],
  ])('is there once when %s', async (_name, fates) => {
    const { tracker, later, link } = await open();
    tracker.fates = [...fates];
    await later();
    expect(link()?.problem).toContain(`${tracker.url}/REST/2.0/ticket`);
    await later();
    expect(tracker.tickets).toHaveLength(1);
    expect(link()).toMatchObject({ externalId: '1', problem: '', failures: 0 });
  });

  it('is there once when the word of it could not be written here', async () => {
    const { tracker, later, failing, link } = await open();
    failing.push(true, true);
    await later();
    expect([tracker.tickets.length, link()]).toEqual([1, undefined]);
    await later();
    expect([tracker.tickets.length, link()?.externalId]).toEqual([1, '1']);
  });

  it('of before the system was set stays here', async () => {
    const { tracker, later, fettle, ticketId } = await open();
    fettle.db.prepare('UPDATE tickets SET created_ms = created_ms - 1 WHERE id = ?').run(ticketId);
    await later();
    expect(tracker.requests).toBe(0);
  });
});

describe('what happens there', () => {
  it('comes here once: a comment as a note of theirs, which does not go back', async () => {
    const { tracker, later, notes } = await open();
    await later();
    tracker.write(1, 'Have you tried turning it off and on?');
    tracker.write(1, 'And the other one?', 'otto');
    for (let round = 0; round < 3; round += 1) await later();
    expect(
      notes()
        .map(({ by, text }) => [by, text])
        .slice(1),
    ).toEqual([
      ['eva (external)', 'Have you tried turning it off and on?'],
      ['otto (external)', 'And the other one?'],
    ]);
    expect(tracker.entries.filter(({ type, by }) => type === 'Comment' && by === 'fettle')).toEqual([]);
  });

  it('resolves it here once, with no word of that back; opened again here, it is open there', async () => {
    const { tracker, later, ticket, write, notes } = await open();
    const there = (await later(), tracker.tickets[0]);
    if (there) tracker.set(there, 'resolved');
    await later();
    await later();
    expect([ticket().state, notes().filter(({ what }) => what === 'resolved')]).toMatchObject([
      'resolved',
      [{ by: 'somebody (external)' }],
    ]);
    write(aTold(2, { change: 'resolve', at: NOW + 1 }));
    write(aTold(3, { at: NOW + 2 }));
    expect(ticket().state).not.toBe('resolved');
    await later();
    await later();
    expect(there?.status).toBe('open');
    expect(ticket().state).not.toBe('resolved');
  });

  it('is taken once, however often it is told', async () => {
    const { later, write, link, notes, ticketId } = await open();
    await later();
    const heard = { mark: '99', state: 'open', comments: [{ by: 'eva', text: 'twice?' }], note: 0 } as const;
    const event = { type: 'external heard', ticket: ticketId, after: link()?.heardMark ?? '', heard } as const;
    expect([write(event), write(event)]).toEqual([{ is: 'done' }, { is: 'duplicate' }]);
    expect(notes().filter(({ text }) => text === 'twice?')).toHaveLength(1);
  });

  it('to the status alone is left to them', async () => {
    const { tracker, later, ticket } = await open();
    const there = (await later(), tracker.tickets[0]);
    if (there) tracker.set(there, 'stalled');
    for (let round = 0; round < 3; round += 1) await later();
    expect([there?.status, ticket().state]).toEqual(['stalled', 'new']);
  });

  it('more than a page of history is read, and each of it once', async () => {
    const { tracker, later, notes, note } = await open();
    await later();
    for (let count = 1; count <= 250; count += 1) tracker.write(1, `comment ${count}`);
    await later();
    tracker.write(1, 'one more');
    await later();
    expect(
      notes()
        .slice(1)
        .map(({ text }) => text),
    ).toEqual([...Array.from({ length: 250 }, (_, index) => `comment ${index + 1}`), 'one more']);
    note('read them all');
    for (let round = 0; round < 4; round += 1) await later(); // of what is here, a hundred are looked through at a time
    expect(
      tracker.entries
        .filter(({ by }) => by === 'fettle')
        .map(({ text }) => text)
        .slice(1),
    ).toEqual(['kim: read them all']);
  });

  it('is asked for piece by piece, however much it is', async () => {
    const { tracker, later, sync } = await open();
    await later();
    for (let count = 0; count < 30; count += 1) tracker.write(1, `word ${count}`);
    const { requests } = tracker;
    // its status, its history, and then each of its words
    tracker.fates = ['well', 'well', ...Array.from({ length: 30 }, () => 'no answer' as const)];
    const round = later();
    await expect.poll(() => tracker.requests).toBe(requests + 3);
    await sync.stop();
    await round;
    expect(tracker.requests).toBe(requests + 3);
  });

  it('that it is deleted there, ends it', async () => {
    const { tracker, later, note, link } = await open();
    const there = (await later(), tracker.tickets[0]);
    if (there) tracker.set(there, 'deleted');
    note('hello?');
    await later();
    await later();
    expect(link()).toMatchObject({ heardState: 'gone', problem: '' });
    expect(tracker.entries.filter(({ by }) => by === 'fettle')).toHaveLength(1);
  });
});

describe('what happens here', () => {
  it('is told there once: notes as comments, and that it is resolved', async () => {
    const { tracker, later, note, resolve } = await open();
    await later();
    note('on my way – ½ h');
    resolve();
    for (let round = 0; round < 3; round += 1) await later();
    const told = tracker.entries.filter(({ type }) => type === 'Comment').map(({ text }) => text);
    expect(told).toEqual(['kim: on my way – ½ h', 'kim: Cleaned.']);
    expect(tracker.tickets[0]?.status).toBe('resolved');
  });

  it('waits for a system that is away, longer each time, and for an hour at most', async () => {
    const { tracker, later, link } = await open();
    tracker.fates = Array.from({ length: 50 }, () => 'not done' as const);
    const asked: number[] = [];
    for (let minute = 0; minute < 180; minute += 1) {
      const before = tracker.requests;
      await later();
      if (tracker.requests > before) asked.push(minute);
    }
    expect(asked).toEqual([0, 1, 3, 7, 15, 31, 63, 123]);
    expect(link()?.failures).toBe(8);
  });

  it('is broken off when the server stops, without a word of failure, and goes on later', async () => {
    const { tracker, later, sync, link } = await open();
    tracker.fates = ['no answer'];
    const round = later();
    await expect.poll(() => tracker.requests).toBe(1);
    await sync.stop();
    await round;
    expect(link()).toBeUndefined();
    await later();
    expect(tracker.requests).toBe(1);
  });

  it('a wrong secret is said, and no other address is told it', async () => {
    const { later, link, secretFile } = await open();
    writeFileSync(secretFile, 'wrong');
    await later();
    expect(link()?.problem).toMatch(/^GET http.*\/REST\/2\.0\/tickets: 401 /);
    expect(link()?.problem).not.toContain('wrong');
  });
});

describe('a system that is set', () => {
  it('by anybody but the owner, or for no tenant, is refused', async () => {
    const { write } = await open();
    const kim = { kind: 'person', id: 'p', name: 'kim', role: 'technician', tenants: ['acme'] } as const;
    expect(write({ type: 'set external', actor: kim, tenant: 'acme', system: null })).toMatchObject({
      code: 'forbidden',
    });
    expect(write({ type: 'set external', actor: SYSTEM, tenant: 'moon', system: null })).toMatchObject({
      code: 'tenant_unknown',
    });
  });

  it('anew brings nothing twice; another one begins anew', async () => {
    const { tracker, later, write, notes, secretFile, link } = await open();
    await later();
    tracker.write(1, 'hello');
    await later();
    const system = { kind: 'rt', url: tracker.url, queue: 'General', secretFile } as const;
    write({ type: 'set external', actor: SYSTEM, tenant: 'acme', system: null });
    await later();
    write({ type: 'set external', actor: SYSTEM, tenant: 'acme', system });
    await later();
    expect([tracker.tickets.length, notes().filter(({ text }) => text === 'hello').length]).toEqual([1, 1]);
    write({ type: 'set external', actor: SYSTEM, tenant: 'acme', system: { ...system, url: 'http://127.0.0.1:1' } });
    expect(link()).toBeUndefined();
  });

  it('while a ticket is made in the one before, knows nothing of that', async () => {
    const { tracker, later, write, secretFile, link } = await open();
    const other = { kind: 'rt', url: 'http://127.0.0.1:1', queue: 'General', secretFile } as const;
    tracker.onCreate = () => write({ type: 'set external', actor: SYSTEM, tenant: 'acme', system: other });
    await later();
    expect([tracker.tickets.length, link()]).toEqual([1, undefined]);
  });

  it('and cannot be asked about, ends the round of no other tenant', async () => {
    const { tracker, later, write, sync, unasked } = await open();
    write({ type: 'add tenant', actor: SYSTEM, tenant: 'bistro', name: 'Bistro', prefix: 'BIS' });
    write({ type: 'set external', actor: SYSTEM, tenant: 'bistro', system: { kind: 'mail', to: 'it@bistro.example' } });
    unasked.add('bistro');
    tracker.fates = ['no answer'];
    let isOver = false;
    const round = later().catch(String);
    void round.then(() => (isOver = true));
    await expect.poll(() => tracker.requests).toBe(1);
    expect(isOver).toBe(false);
    await sync.stop();
    expect(await round).toContain('The disk is gone.');
  });
});

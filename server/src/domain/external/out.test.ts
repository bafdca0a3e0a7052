import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type TicketCopy, keyOf, noteKeyOf } from './external.ts';
import { mailKeyOf, mailOf, notedTold, openedTold, payloadOf, stateTold } from './out.ts';

const URL = 'https://fettle.example';
const copy: TicketCopy = {
  id: 't_1',
  number: 'ACME-7',
  subject: 'Disk\nfull',
  body: 'More than 85 %',
  state: 'open',
  version: 3,
};
const key = keyOf('srv', 't_1');
const there = { externalId: '<x@example.org>', key, copy };
const note = { key: noteKeyOf(key, 12), text: 'kim: Looks bad.', isInternal: false };

describe('a key of ours', () => {
  const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,22}$/);
  const kinds = fc.oneof(
    fc.constant(''),
    fc.nat().map((n) => `/${n}`),
    fc.nat().map((n) => `/state/${n}`),
  );

  it('is an id that a mail may have, and another one for each key', () => {
    fc.assert(
      fc.property(id, id, kinds, kinds, (server, ticket, one, other) => {
        const [first, second] = [one, other].map((part) => mailKeyOf(`${keyOf(server, ticket)}${part}`));
        // dot-atom-text of RFC 5322, section 3.2.3
        expect(first).toMatch(/^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/);
        expect(first === second).toBe(one === other);
      }),
    );
  });

  it('is another one when it comes to the same state again', () => {
    const again = stateTold({ ...there, copy: { ...copy, version: 5 } }, 'resolved');
    expect(stateTold(there, 'resolved').key).not.toBe(again.key);
  });
});

it.each([
  ['opened', openedTold(key, copy), '[ACME-7] Disk full', /^More than 85 %\n\nTicket ACME-7 of Fettle: /],
  ['noted', notedTold(there, note), 'Re: [ACME-7] Disk full', /^kim: Looks bad\.\n\n/],
  ['in another state', stateTold(there, 'resolved'), 'Re: [ACME-7] Disk full', /^ACME-7 is resolved now\.\n\n/],
] as const)('a ticket that is %s, as a mail', (_name, told, subject, text) => {
  const mail = mailOf(told, URL);
  expect(mail.subject).toBe(subject);
  expect(mail.text).toMatch(text);
  expect(mail.text).toContain('https://fettle.example/tickets/t_1\n');
});

it.each([
  ['opened', openedTold(key, copy), { event: 'ticket.opened', key, ticket: { state: 'open' }, note: null }],
  [
    'noted',
    notedTold(there, note),
    { event: 'ticket.noted', key: `${key}/12`, note: { text: note.text, isInternal: false } },
  ],
  ['in another state', stateTold(there, 'closed'), { event: 'ticket.state', ticket: { state: 'closed' }, note: null }],
] as const)('a ticket that is %s, as JSON', (_name, told, expected) => {
  expect(payloadOf(told, URL)).toMatchObject({ version: '1', ...expected });
});

// A signed webhook for each ticket, to a real receiver on loopback.
import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { open, receiver } from './out-fixture.ts';

describe('a webhook of tickets', () => {
  it('gets each change once, signed, under a key of its own', async () => {
    const { requests, system } = await receiver();
    const { act, later, id } = open(system);
    await later();
    act({ do: 'note', text: 'Looks bad.' });
    await later();
    act({ do: 'resolve', text: 'Cleaned.' });
    await later();
    await later();
    expect(requests.map(({ body }) => body)).toMatchObject([
      { version: '1', event: 'ticket.opened', ticket: { id, number: 'ACME-1', state: 'new' }, note: null },
      { event: 'ticket.noted', note: { text: 'kim: Looks bad.', isInternal: true } },
      { event: 'ticket.noted', note: { text: 'kim: Cleaned.', isInternal: false } },
      { event: 'ticket.state', ticket: { state: 'resolved' } },
    ]);
    expect(new Set(requests.map(({ headers }) => headers['idempotency-key'])).size).toBe(requests.length);
    for (const { headers, body } of requests) {
      const stamp = String(headers['fettle-timestamp']);
      const wanted = createHmac('sha256', 'hush')
        .update(`${stamp}.${JSON.stringify(body)}`)
        .digest('hex');
      expect(headers['fettle-signature']).toBe(`v1=${wanted}`);
    }
  });

  it('gets it again under the same key when it failed, or when the word of it was lost here', async () => {
    const { requests, system } = await receiver([500]);
    const { later, link, failing } = open(system);
    await later();
    expect(link()?.problem).toMatch(/^POST http:\/\/127\.0\.0\.1:\d+: 500 taken$/);
    failing.push(true, true);
    await later();
    await later();
    expect(link()).toMatchObject({ problem: '', failures: 0 });
    expect(requests.map(({ headers }) => headers['idempotency-key'])).toEqual([1, 2, 3].map(() => link()?.externalId));
  });

  it.each([
    ['within our network is not even connected to', { allowed: new Set<string>() }, [], /is inside a private network/],
    ['that leads elsewhere is not followed', {}, [307], /redirects are not followed/],
  ])('%s', async (_name, context, statuses, problem) => {
    const { requests, system } = await receiver([...statuses]);
    const { later, link } = open(system, context);
    await later();
    expect(link()?.problem).toMatch(problem);
    expect(requests).toHaveLength(statuses.length);
  });

  it('without its key is a problem, and nothing goes out unsigned', async () => {
    const { requests, system } = await receiver();
    const { later, link } = open({ ...system, keyFile: '/none/key' });
    await later();
    expect(link()?.problem).toContain('/none/key');
    writeFileSync(system.keyFile, '\n');
    const empty = open(system);
    await empty.later();
    expect(empty.link()?.problem).toContain('is empty: put the key into it');
    expect(requests).toEqual([]);
  });
});

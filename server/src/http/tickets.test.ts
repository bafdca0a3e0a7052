// Tickets, calendars and what is promised, over the API of a running server.
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { SYSTEM } from '../domain/actor.ts';
import { userOf } from '../fixture.ts';
import { server, owner, answer, get, post, tenant, ask, inDays } from './tickets-fixture.ts';

describe('a ticket that a person opens', () => {
  it('goes its way: assigned, answered, waiting, continued, timed, resolved, reopened, closed', async () => {
    const { id, ...opened } = await ask({ requester: 'ann', priority: 'high' });
    expect(opened).toMatchObject({
      status: 200,
      state: 'new',
      device: null,
      deviceName: null,
      requester: 'ann',
      evidence: [],
    });
    expect(opened).toMatchObject({ sla: { response: { state: 'running', usedMs: expect.any(Number) as number } } });
    let { version } = opened;
    const act = async (verb: string, sent: object = {}, isVersioned = true) => {
      const done = await post(`/tickets/${id}/${verb}`, { ...(isVersioned ? { version } : {}), ...sent });
      ({ version } = done);
      return done;
    };
    expect(await act('assign', { to: 'owner' })).toMatchObject({ state: 'open', assignee: 'owner' });
    expect(await act('comments', { text: 'Hello ann.' }, false)).toMatchObject({ sla: { response: { state: 'met' } } });
    const waiting = await act('wait', { for: 'scheduled', until: inDays(1) });
    expect(waiting).toMatchObject({
      state: 'waiting',
      wait: { for: 'scheduled' },
      sla: { resolution: { state: 'paused' } },
    });
    expect(await act('continue')).toMatchObject({ state: 'open', wait: null });
    expect(await act('file', { priority: 'critical', category: 'mail', subject: 'Mail' })).toMatchObject({
      priority: 'critical',
      category: 'mail',
      subject: 'Mail',
    });
    expect(await act('time', { minutes: 20 }, false)).toMatchObject({ minutesSpent: 20 });
    expect(await act('resolve', { note: 'Done.' })).toMatchObject({
      state: 'resolved',
      sla: { resolution: { state: 'met' } },
    });
    expect(await act('reopen', {})).toMatchObject({
      state: 'open',
      reopened: 1,
      sla: { response: { state: 'running' } },
    });
    expect(await act('leave', { until: inDays(9) })).toMatchObject({ state: 'resolved' });
    expect(await act('close')).toMatchObject({ state: 'closed' });
    const { timeline } = z
      .object({ timeline: z.array(z.object({ what: z.string() })) })
      .parse(await get(`/tickets/${id}`));
    expect(timeline.map(({ what }) => what).join(' ')).toBe(
      'opened assigned commented waiting continued changed noted resolved reopened resolved closed',
    );
  });

  it.each([
    ['assign', { to: 'owner' }],
    ['wait', { for: 'customer' }],
    ['resolve', {}],
    ['leave', { until: inDays(9) }],
    ['file', { priority: 'low' }],
    ['take', {}],
    ['merge', { into: 't_none' }],
    ['continue', {}],
    ['reopen', {}],
    ['close', {}],
  ])('cannot be changed by %s when it has changed meanwhile', async (verb, sent) => {
    const { id } = await ask();
    expect(await post(`/tickets/${id}/${verb}`, { ...sent, version: 7 })).toMatchObject({
      status: 409,
      code: 'version_conflict',
    });
    expect(await post(`/tickets/${id}/${verb}`, sent)).toMatchObject({ status: 400, code: 'invalid_request' });
  });

  type Refused = readonly [verb: string, sent: object, status: number, code: string];
  it.each<readonly [name: string, ...Refused]>([
    ['a wait until yesterday', 'wait', { for: 'vendor', until: inDays(-1) }, 400, 'date_past'],
    ['a date that is missing', 'wait', { for: 'scheduled' }, 400, 'date_missing'],
    ['a reason that is missing', 'wait', { for: 'hold' }, 400, 'reason_missing'],
    ['a wait for nothing', 'wait', { for: 'godot' }, 400, 'invalid_request'],
    ['a date in words', 'leave', { until: 'tomorrow' }, 400, 'invalid_request'],
    ['the end of no wait', 'continue', {}, 409, 'ticket_closed'],
    ['reopening what is open', 'reopen', {}, 409, 'ticket_closed'],
    ['a merge into nothing', 'merge', { into: 't_none' }, 404, 'not_found'],
  ])('refuses %s', async (_name, ...[verb, sent, status, code]: Refused) => {
    const { id, version } = await ask();
    expect(await post(`/tickets/${id}/${verb}`, { version, ...sent })).toMatchObject({ status, code });
  });

  it('is refused without a subject, for a tenant or a device that is not there', async () => {
    expect(await ask({ subject: '' })).toMatchObject({ status: 400 });
    expect(await ask({ tenant: 'nobody' })).toMatchObject({ status: 404 });
    expect(await ask({ device: 'd_none' })).toMatchObject({ status: 404 });
    expect(await ask({ priority: 'urgent' })).toMatchObject({ status: 400 });
  });

  it('is linked and merged with another of its tenant', async () => {
    const name = await tenant();
    const [one, other] = [await ask({ tenant: name }), await ask({ tenant: name })];
    const link = { other: other.id, link: 'parent' };
    expect(await post(`/tickets/${one.id}/link`, link)).toMatchObject({
      links: [{ ticket: other.id, link: 'parent' }],
    });
    expect(await post(`/tickets/${one.id}/unlink`, link)).toMatchObject({ links: [] });
    const merge = { into: other.id, version: one.version };
    expect(await post(`/tickets/${one.id}/merge`, merge)).toMatchObject({ state: 'closed', mergedInto: other.id });
    expect(await post(`/tickets/${one.id}/link`, { ...link, other: (await ask()).id })).toMatchObject({ status: 404 });
  });

  it('explains its clocks, and is in the list of what is due', async () => {
    const { id, version } = await ask({ priority: 'critical' });
    await post(`/tickets/${id}/wait`, { version, for: 'vendor' });
    const explained = await get(`/tickets/${id}/timeline`);
    expect(explained).toMatchObject({ status: 200, leftOut: 0, stages: [] });
    const { stretches } = z.object({ stretches: z.array(z.object({ why: z.string() })) }).parse(explained);
    expect(stretches.at(-1)?.why).toBe('waiting for a vendor');
    const due = await ask({ priority: 'critical' });
    const { items } = await get('/tickets/due?limit=500');
    const found = z
      .array(z.object({ ticket: z.object({ id: z.string() }) }))
      .parse(items)
      .map(({ ticket }) => ticket.id);
    const ids = new Set(found);
    expect([ids.has(due.id), ids.has(id)]).toEqual([true, false]);
    expect(await get('/tickets/t_none/timeline')).toMatchObject({ status: 404 });
  });
});

describe('a ticket is given', () => {
  it('to whoever works for its tenant, and to nobody else: who can be is said, and listed', async () => {
    const [mine, other] = [await tenant(), await tenant()];
    const users = [
      { name: 'ida', role: 'technician', tenants: [mine] },
      { name: 'jo', role: 'technician', tenants: [mine, other] },
      { name: 'olaf', role: 'technician', tenants: [other] },
      { name: 'vera', role: 'viewer', tenants: [mine] },
      { name: 'gone', role: 'technician', tenants: [mine] },
    ] as const;
    for (const user of users) await server().commit({ type: 'add user', actor: SYSTEM, ...user });
    await server().commit({ type: 'disable user', actor: SYSTEM, name: 'gone' });
    const { id } = await post('/tickets', { tenant: mine, subject: 'x' });
    for (const to of ['olaf', 'vera', 'gone', 'nobody at all'])
      expect(await post(`/tickets/${id}/assign`, { version: 1, to })).toMatchObject({
        status: 422,
        code: 'assignee_unknown',
        detail: `"${to}" cannot be given anything of ${mine}. These can be: ida, jo, owner.`,
      });
    expect(await post(`/tickets/${id}/assign`, { version: 1, to: 'IDA' })).toMatchObject({ assignee: 'ida' });
    expect(await post('/tickets', { tenant: mine, subject: 'x', assignee: 'vera' })).toMatchObject({ status: 422 });
    expect((await get(`/people?tenant=${mine}`)).items).toEqual([{ name: 'ida' }, { name: 'jo' }, { name: 'owner' }]);
    expect(await get('/people?tenant=none')).toMatchObject({ status: 404, code: 'not_found' });
  });
});

describe('a ticket asked for under a key', () => {
  const send = async (key: string, sent: object, headers: Readonly<Record<string, string>> = owner()) => {
    const response = await fetch(`${server().url}/api/v1/tickets`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(sent),
    });
    return { status: response.status, ...answer.parse(await response.json()) };
  };

  it('is the same one when it is asked for again, however often and at once', async () => {
    const sent = { tenant: await tenant(), subject: 'Mail is slow' };
    const all = await Promise.all([1, 2, 3, 4].map(() => send('k-1', sent)));
    const again = await send('k-1', { subject: 'Mail is slow', tenant: sent.tenant, body: '' });
    expect(new Set([...all, again].map(({ id }) => id)).size).toBe(1);
    expect([...all, again].map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  });

  it('is refused when it is another one, and made when the key or the person is another', async () => {
    const sent = { tenant: await tenant(), subject: 'Mail is slow' };
    const first = await send('k-2', sent);
    expect(await send('k-2', { ...sent, subject: 'Mail is down' })).toMatchObject({ status: 422, code: 'key_reused' });
    const user = await userOf(server(), { name: 'tess', role: 'technician', tenants: [sent.tenant] });
    const others = [await send('k-3', sent), await send('k-2', sent, user), await post('/tickets', sent)];
    expect(others.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(new Set([first, ...others].map(({ id }) => id)).size).toBe(4);
  });

  it('that was refused is looked at anew, and a key that cannot be one is refused', async () => {
    const id = await tenant();
    expect(await send('k-4', { tenant: id, subject: 'x', assignee: 'nobody' })).toMatchObject({ status: 422 });
    expect(await send('k-4', { tenant: id, subject: 'x' })).toMatchObject({ status: 200 });
    for (const key of ['', 'a b', 'k'.repeat(256)])
      expect(await send(key, { tenant: id, subject: 'x' })).toMatchObject({ status: 400, code: 'invalid_request' });
  });
});

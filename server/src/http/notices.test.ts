// Channels, routes, rotas and notices through the API of a whole server, with a receiver that is really sent to.
import { createHmac } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { call, receive, SECRET, hook } from './notices-fixture.ts';

describe('a channel', () => {
  it('is made, changed, listed and removed, and its secrets never come back', async () => {
    const { url } = await receive();
    const made = await call('POST', '/channels', hook(url));
    expect(made).toMatchObject({ status: 200, kind: 'webhook', isSigned: true, target: new URL(url).origin });
    const change = { name: 'other', isEnabled: true, perHour: 5 };
    const changed = await call('PUT', `/channels/${made.id}`, change);
    expect(changed).toMatchObject({ status: 200, name: 'other', perHour: 5, isSigned: true });
    const listed = await call('GET', '/channels');
    for (const { text } of [made, changed, listed]) {
      expect(text).not.toContain('top-secret-path');
      expect(text).not.toContain(SECRET);
    }
    expect(await call('DELETE', `/channels/${made.id}`)).toMatchObject({ status: 204 });
    expect(await call('GET', '/channels')).toMatchObject({ items: [] });
  });

  it('is tried, and the answer of the receiver is shown; the signature holds', async () => {
    const { url, hits } = await receive();
    const { id } = await call('POST', '/channels', hook(url));
    expect(await call('POST', `/channels/${id}/test`)).toMatchObject({ isSent: true, answer: '200 thanks' });
    const [{ headers, text } = { headers: {}, text: '' }] = hits;
    const stamp = String(headers['fettle-timestamp']);
    const expected = createHmac('sha256', SECRET).update(`${stamp}.${text}`).digest('hex');
    expect(headers['fettle-signature']).toBe(`v1=${expected}`);
    expect(Math.abs(Number(stamp) * 1000 - Date.now())).toBeLessThan(60_000);
    expect(JSON.parse(text)).toMatchObject({ version: '4', status: 'firing', alerts: [{ status: 'firing' }] });
    await call('DELETE', `/channels/${id}`);
  });

  it('to the inside is refused when it is tried, and says what to do', async () => {
    const { id } = await call('POST', '/channels', hook('http://169.254.169.254/latest/meta-data'));
    const answer = /inside a private network .* notices\.private_hosts/;
    expect(await call('POST', `/channels/${id}/test`)).toMatchObject({ isSent: false, answer });
    await call('DELETE', `/channels/${id}`);
  });

  it('by mail without a mail server says what is missing', async () => {
    const { id } = await call('POST', '/channels', {
      name: 'mail',
      settings: { kind: 'email', to: ['a@example.org'] },
    });
    expect(await call('POST', `/channels/${id}/test`)).toMatchObject({ isSent: false, answer: /set smtp\.host/ });
    await call('DELETE', `/channels/${id}`);
  });

  it.each([
    ['no address', { kind: 'webhook', url: 'hook.example' }],
    ['another protocol', { kind: 'webhook', url: 'file:///etc/passwd' }],
    ['a password in the address', { kind: 'webhook', url: 'https://a:b@hook.example/' }],
    ['a short secret', { kind: 'webhook', url: 'https://hook.example/', secret: 'short' }],
    ['a token that would be two headers', { kind: 'ntfy', url: 'https://ntfy.sh', topic: 't', token: 'a\r\nX: y' }],
    ['a mail address that would be two', { kind: 'email', to: ['a@example.org\r\nBcc: b@example.org'] }],
    ['an unknown kind', { kind: 'pigeon' }],
  ])('with %s is refused', async (_name, settings) => {
    expect(await call('POST', '/channels', { name: 'x', settings })).toMatchObject({
      status: 400,
      code: 'invalid_request',
    });
  });

  it('in use is not removed, and a route to nowhere is not made', async () => {
    const { url } = await receive();
    const channel = await call('POST', '/channels', hook(url));
    const route = await call('POST', '/notice-routes', { name: 'all', to: [{ channel: channel.id }] });
    expect(route.status).toBe(200);
    expect(await call('DELETE', `/channels/${channel.id}`)).toMatchObject({
      status: 409,
      code: 'setting_used',
      detail: /"all"/,
    });
    const nowhere = { name: 'x', to: [{ rota: 'o_none' }] };
    expect(await call('POST', '/notice-routes', nowhere)).toMatchObject({ status: 400, code: 'setting_unknown' });
    expect(await call('DELETE', `/notice-routes/${route.id}`)).toMatchObject({ status: 204 });
    expect(await call('DELETE', `/channels/${channel.id}`)).toMatchObject({ status: 204 });
  });

  it('is for those who are signed in, as are routes, rotas, notices and tokens', async () => {
    for (const path of ['/channels', '/notice-routes', '/rotas', '/notices', '/ingest-tokens'])
      expect((await call('GET', path, undefined, {})).status, path).toBe(401);
  });
});

describe('a rota', () => {
  it('says who is on call, can be changed, and goes round in no circle', async () => {
    const { url } = await receive();
    const channel = await call('POST', '/channels', hook(url));
    const rota = {
      name: 'first',
      zone: 'Europe/Berlin',
      start: '2026-01-01',
      people: [{ name: 'Eva', channel: channel.id }],
    };
    const first = await call('POST', '/rotas', rota);
    expect(first).toMatchObject({ status: 200, onCall: 'Eva' });
    const second = await call('POST', '/rotas', {
      ...rota,
      name: 'second',
      escalation: { afterMinutes: 5, to: first.id },
    });
    expect(second.status).toBe(200);
    const circle = { ...rota, escalation: { afterMinutes: 5, to: second.id } };
    expect(await call('PUT', `/rotas/${first.id}`, circle)).toMatchObject({ status: 400, code: 'escalation_circle' });
    expect(await call('PUT', '/rotas/o_none', rota)).toMatchObject({ status: 404 });
    expect(await call('POST', '/rotas', { ...rota, zone: 'Mars/Base' })).toMatchObject({ status: 400 });
    for (const path of [`/rotas/${second.id}`, `/rotas/${first.id}`, `/channels/${channel.id}`])
      expect((await call('DELETE', path)).status).toBe(204);
  });
});

// What Alertmanager tells, through the door that is made for it.
import { describe, expect, it } from 'vitest';

import { server, owner, call, receive, hook, ingestToken, told } from './notices-fixture.ts';

describe('what another system tells', { timeout: 30_000 }, () => {
  it('needs a token of its own kind', async () => {
    const send = (authorization: string) => call('POST', '/ingest/alertmanager', told('firing'), { authorization });
    expect(await send('')).toMatchObject({ status: 401, code: 'ingest_token_unknown' });
    expect(await send(owner().authorization)).toMatchObject({ status: 401, code: 'ingest_token_unknown' });
    const token = await ingestToken();
    const { items } = await call('GET', '/ingest-tokens');
    await call('DELETE', `/ingest-tokens/${items.at(-1)?.id}`);
    expect(await send(`Bearer ${token}`)).toMatchObject({ status: 401 });
  });

  it('is an alert with a ticket, told on by a webhook in the same form, told over when it is over, and listed', async () => {
    const { url, hits, until } = await receive();
    const channel = await call('POST', '/channels', hook(url));
    const route = { name: 'db', tags: ['team=db'], kinds: ['alert'], to: [{ channel: channel.id }] };
    const { id: routeId } = await call('POST', '/notice-routes', route);
    const headers = { authorization: `Bearer ${await ingestToken()}` };
    const tell = (status: string) => call('POST', '/ingest/alertmanager', told(status), headers);
    for (let times = 0; times < 3; times += 1) expect(await tell('firing')).toMatchObject({ status: 200, alerts: 1 });
    const alerts = await call('GET', '/alerts?state=open');
    expect(alerts.items).toMatchObject([
      { rule: 'external.HighLatency', instance: 'f1', severity: 'critical', deviceName: 'external', tenant: 'acme' },
    ]);
    expect((await call('GET', '/tickets')).items).toMatchObject([{ subject: 'Latency is high f1 on external' }]);
    await until(({ length }) => length === 1);
    await tell('resolved');
    await until(({ length }) => length === 2);
    expect(hits.map(({ text }) => JSON.parse(text) as unknown)).toMatchObject([
      {
        status: 'firing',
        alerts: [
          { labels: { team: 'db', alertname: 'external.HighLatency' }, annotations: { summary: 'Latency is high' } },
        ],
      },
      { status: 'resolved', alerts: [{ status: 'resolved' }] },
    ]);
    const keys = hits.map(({ headers: { 'idempotency-key': key } }) => key);
    expect(new Set(keys).size).toBe(2);
    const notices = await call('GET', `/notices?subject=${alerts.items[0]?.id}`);
    expect(notices.items.map(({ kind }) => kind)).toEqual(['alert.resolved', 'alert.fired']);
    for (const path of [`/notice-routes/${routeId}`, `/channels/${channel.id}`]) await call('DELETE', path);
  });

  it('again and again, together or late is taken once: an alert, its end, and what it said with links that are safe', async () => {
    const headers = { authorization: `Bearer ${await ingestToken()}` };
    const tell = (...alerts: readonly object[]) =>
      call('POST', '/ingest/alertmanager', { version: '4', status: 'firing', alerts }, headers);
    const [firing] = told('firing', 'warning', 'r1').alerts;
    const [resolved] = told('resolved', 'warning', 'r1').alerts;
    const [unknown] = told('resolved', 'warning', 'r2').alerts;
    const evil = { ...told('firing', 'warning', 'r3').alerts[0], generatorURL: 'javascript:alert(1)' };
    const annotations = { runbook_url: 'https://wiki.example/latency' };
    if (!firing || !resolved || !unknown) throw new Error('one each');
    const mine = async () => {
      const { items } = await call('GET', '/alerts?rule=external.HighLatency');
      return items.filter(({ instance }) => /^r\d$/.test(String(instance)));
    };
    await tell({ ...firing, annotations }, firing);
    await tell(firing, unknown);
    const one = { instance: 'r1', occurrences: 1 };
    expect(await mine()).toMatchObject([{ ...one, state: 'open', title: 'HighLatency' }]);
    for (let times = 0; times < 3; times += 1) await tell(resolved);
    expect(await mine()).toMatchObject([{ ...one, state: 'resolved', title: 'Latency is high' }]);
    await tell(evil);
    const found = await mine();
    const external = await Promise.all(found.map(async ({ id }) => (await call('GET', `/alerts/${id}`)).external));
    const labels = { alertname: 'HighLatency', severity: 'warning', team: 'db' };
    expect(external.find((one) => JSON.stringify(one).includes('wiki'))).toBeUndefined(); // the last word counts
    expect(external).toContainEqual({
      labels,
      annotations: firing.annotations,
      generatorUrl: 'http://prometheus.example/graph',
      runbookUrl: null,
    });
    expect(external).toContainEqual(expect.objectContaining({ labels, generatorUrl: null }));
  });

  it('that nobody takes is a dead letter, which can be sent again', async () => {
    let status = 400;
    const { url, hits, until } = await receive(() => status);
    const channel = await call('POST', '/channels', hook(url));
    await call('POST', '/notice-routes', { name: 'all', kinds: ['alert'], to: [{ channel: channel.id }] });
    const headers = { authorization: `Bearer ${await ingestToken()}` };
    await call('POST', '/ingest/alertmanager', told('firing', 'warning', 'f2'), headers);
    await until(({ length }) => length === 1);
    const dead = async (): Promise<string> => {
      const { items } = await call('GET', '/notices?state=dead');
      return items[0]?.delivery ?? (await dead());
    };
    const delivery = await dead();
    const metrics = async () => (await fetch(`${server().url}/metrics`, { headers: owner() })).text();
    expect(await call('GET', '/server/health')).toMatchObject({ problems: ['notice_dead'] });
    expect(await metrics()).toMatch(/^fettle_notices_dead 1$/m);
    expect(await metrics()).toMatch(/^fettle_notice_attempts_total\{result="failed"\} [1-9]/m);
    status = 200;
    expect((await call('POST', `/notices/${delivery}/resend`)).status).toBe(204);
    await until(({ length }) => length === 2);
    expect(hits[1]?.headers['idempotency-key']).toBe(hits[0]?.headers['idempotency-key']);
    expect(await call('GET', '/server/health')).toMatchObject({ problems: [] });
    expect(await metrics()).toMatch(/^fettle_notices_dead 0$/m);
    expect((await call('POST', '/notices/m_none/resend')).status).toBe(404);
  });

  it.each([
    ['another version', { version: '3', alerts: [] }],
    ['no time', { version: '4', alerts: [{ status: 'firing', labels: {}, startsAt: 'now', fingerprint: 'f' }] }],
    [
      'labels that are no texts',
      {
        version: '4',
        alerts: [{ status: 'firing', labels: { a: 1 }, startsAt: '2026-11-23T12:00:00Z', fingerprint: 'f' }],
      },
    ],
  ])('with %s is refused', async (_name, message) => {
    const headers = { authorization: `Bearer ${await ingestToken()}` };
    expect(await call('POST', '/ingest/alertmanager', message, headers)).toMatchObject({
      status: 400,
      code: 'invalid_request',
    });
  });
});

// A tenant's rules as text over the API: out, changed, in again, all of it or nothing.
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { SYSTEM } from '../domain/actor.ts';
import { shareOwner, shareTestServer, userOf } from '../fixture.ts';
import { enrolDevice } from '../ingest/test-agent.ts';

const server = shareTestServer();
const owner = shareOwner(server);

beforeAll(() => enrolDevice(server(), 'first')); // and with it the tenant

const change = z.looseObject({ rule: z.string(), level: z.string(), place: z.string(), is: z.string() });
const answer = z.looseObject({
  code: z.string().optional(),
  detail: z.string().optional(),
  changes: z.array(change).optional(),
});

const send = async (text: string, query = '', headers: Readonly<Record<string, string>> = {}) => {
  const response = await fetch(`${server().url}/api/v1/rules/import?tenant=home${query}`, {
    method: 'POST',
    headers: { ...owner(), 'content-type': 'application/yaml', ...headers },
    body: text,
  });
  return { status: response.status, ...answer.parse(await response.json()) };
};

const get = async (path: string, headers: Readonly<Record<string, string>> = owner()) => {
  const response = await fetch(`${server().url}/api/v1${path}`, { headers });
  return { status: response.status, headers: response.headers, text: await response.text() };
};
const give = () => get('/rules/export?tenant=home');

const items = z.object({ items: z.array(z.looseObject({ action: z.string().optional(), version: z.int() })) });
const versions = async (rule: string) => items.parse(JSON.parse((await get(`/rules/${rule}/versions`)).text)).items;

const TEXT = `format: 1
tenant:
  disk.space:
    levels:
      - any:
          - fireAt: 90 %
sites:
  home:
    cpu.sustained:
      disabled: true
`;
const body = (text: string) =>
  text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n');

describe("a tenant's rules as text", () => {
  it('are tried first: a dry run says what would change, and changes nothing', async () => {
    expect(await send(TEXT, '&dry=true')).toMatchObject({
      status: 200,
      dry: true,
      changes: [
        {
          rule: 'disk.space',
          level: 'tenant',
          place: 'home',
          is: 'new',
          changes: [{ path: 'levels[0].any[0].fireAt' }],
        },
        { rule: 'cpu.sustained', level: 'site', place: 'home', is: 'new' },
      ],
    });
    expect(body((await give()).text)).toBe('format: 1\n');
  });

  it('come in at once, go out as they came, and come in again without a change', async () => {
    expect(await send(TEXT)).toMatchObject({ status: 200, dry: false, changes: [{}, {}] });
    const { status, headers, text } = await give();
    expect([status, headers.get('content-type')]).toEqual([200, 'text/yaml; charset=utf-8']);
    expect(body(text)).toBe(TEXT);
    expect(await send(text)).toMatchObject({ status: 200, changes: [] });
    expect(await versions('disk.space')).toHaveLength(1);
  });

  it('with one mistake change nothing at all, and each mistake has its line', async () => {
    const wrong = `${TEXT.replace('90 %', '70 %')}    log.crash: { keepms: 1m }\n    no.such: { keepMs: 1m }\n`;
    const refused = await send(wrong);
    expect(refused).toMatchObject({ status: 422, code: 'rule_invalid' });
    expect(refused.detail?.split('\n')).toEqual([
      expect.stringMatching(
        /^line 6, column \d+, disk\.space at tenant home: levels\[0\]\.any\[0\]\.clearAt: clears at/,
      ),
      expect.stringMatching(/^line 11, column \d+, log\.crash at site home: keepms: there is no such field$/),
      expect.stringMatching(/^line 12, column \d+, no\.such at site home: id: there is no rule "no\.such"/),
    ]);
    expect(body((await give()).text)).toBe(TEXT);
  });

  it('that somebody has changed since the export are a conflict', async () => {
    const edition = (await give()).headers.get('etag') ?? '';
    expect(await send(TEXT.replace('90 %', '91 %'), '', { 'if-match': edition })).toMatchObject({ status: 200 });
    expect(await send(TEXT.replace('90 %', '92 %'), '', { 'if-match': edition })).toMatchObject({
      status: 409,
      code: 'version_conflict',
    });
    expect((await versions('disk.space')).map(({ version }) => version)).toEqual([2, 1]);
  });

  it('as a whole take back what they do not name; otherwise only what is null', async () => {
    expect(await send('format: 1\n', '&dry=true')).toMatchObject({ changes: [] });
    expect(await send('format: 1\nsites: { home: { cpu.sustained: null } }\n')).toMatchObject({
      changes: [{ rule: 'cpu.sustained', is: 'taken back' }],
    });
    expect(await send('format: 1\n', '&whole=true')).toMatchObject({
      changes: [{ rule: 'disk.space', is: 'taken back' }],
    });
    expect(body((await give()).text)).toBe('format: 1\n');
  });

  it('are in the audit trail, each change on its own', async () => {
    const device = await enrolDevice(server(), 'audited');
    await send(`format: 1\ndevices: { ${device.id}: { disk.space: { keepMs: 20m } } }\n`);
    const [first] = await versions('disk.space');
    expect(first).toMatchObject({
      level: 'device',
      place: device.id,
      author: 'owner',
      document: { keepMs: 1_200_000 },
    });
  });

  it('that are too long, no YAML, or of no tenant are refused', async () => {
    expect(await send(`format: 1\n#${'x'.repeat(1024 * 1024)}`)).toMatchObject({ status: 413, code: 'too_large' });
    expect(await send('{', '', { 'content-type': 'text/yaml' })).toMatchObject({ status: 422, code: 'rule_invalid' });
    expect(await send(TEXT, '', { 'content-type': 'application/json' })).toMatchObject({ status: 400 });
    expect(await get('/rules/export?tenant=moon')).toMatchObject({ status: 404 });
  });

  it('are shown to those who may see the tenant, and changed by the owner alone', async () => {
    const headers = await userOf(server(), { name: 'vi', role: 'technician', tenants: ['home'] });
    expect((await get('/rules/export?tenant=home', headers)).status).toBe(200);
    expect(await send(TEXT, '', { ...headers, authorization: '' })).toMatchObject({ status: 403 });
    await server().commit({
      type: 'add tenant',
      actor: SYSTEM,
      tenant: 'elsewhere',
      name: 'Elsewhere',
      prefix: 'ELSE',
    });
    const other = await userOf(server(), { name: 'xi', role: 'viewer', tenants: ['elsewhere'] });
    expect((await get('/rules/export?tenant=home', other)).status).toBe(404);
  });
});

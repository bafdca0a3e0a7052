// SNMP with Debian's snmpd on loopback: what it says, and what becomes of questions that it does not answer.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { type RemoteInfo, type Socket, createSocket } from 'node:dgram';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { until } from '../../../../scripts/until.ts';
import { missing, needs } from '../../../../test/support/needs.ts';
import { checkHost } from '../../host/check-host.ts';
import { systemClock } from '../../host/clock.ts';
import { childHostAt } from '../fixture.ts';
import { type CheckLine, checkLine } from './check-line.schema.ts';
import { type DeclaredCheck, checksOf } from './check.ts';
import { createLook } from './look.ts';

const folder = mkdtempSync(join(tmpdir(), 'fettle-snmp-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SUPPLIES = '1.3.6.1.2.1.43.11.1.1';
const CONFIG = `
rocommunity from-a-file 127.0.0.1
createUser fettle SHA-256 "auth secret 1" AES "priv secret 1"
rouser fettle authpriv
sysName printer-9
sysLocation cellar
override 1.3.6.1.2.1.33.1.2.4.0 integer 87
override 1.3.6.1.2.1.33.1.4.1.0 integer 5
override ${SUPPLIES}.6.1.1 octet_str "Black Toner"
override ${SUPPLIES}.8.1.1 integer 12000
override ${SUPPLIES}.9.1.1 integer 900
override ${SUPPLIES}.6.1.2 octet_str "Drum"
override ${SUPPLIES}.8.1.2 integer -2
override ${SUPPLIES}.9.1.2 integer -3
`;

const secretFile = (name: string, secret: string, mode = 0o600): string => {
  const path = join(folder, name);
  writeFileSync(path, `${secret}\n`);
  chmodSync(path, mode);
  return path;
};

const freeUdpPort = async (): Promise<number> => {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => void socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => void socket.close(resolve));
  return port;
};

const lookWith = () => {
  const look = createLook(checkHost(childHostAt('')), systemClock);
  return async (declared: Partial<DeclaredCheck>): Promise<CheckLine> => {
    const [check] = checksOf([{ name: 'printer', kind: 'snmp', host: '127.0.0.1', timeout: 2, ...declared }]);
    if (!check) throw new Error('one was declared');
    return checkLine.parse(await look(check));
  };
};

const nameOf = ({ attributes }: CheckLine['samples'][number]): string =>
  `${attributes['fettle.check.name']} ${attributes['network.io.direction'] ?? ''}`.trim();

const valuesOf = ({ samples }: CheckLine, metric: string) =>
  samples.filter((one) => one.metric === metric).map((one) => [nameOf(one), one.value] as const);

const { skip, why } = missing(needs.snmpd);

describe.skipIf(skip)(`a device that speaks SNMP${why}`, () => {
  let snmpd: ChildProcess;
  let port = 0;

  beforeAll(async () => {
    port = await freeUdpPort();
    const config = join(folder, 'snmpd.conf');
    writeFileSync(config, CONFIG);
    // no definitions of names: it needs none, and says so at length
    const env = { PATH: '/usr/sbin:/usr/bin', MIBS: '', SNMP_PERSISTENT_DIR: join(folder, 'snmpd') };
    const args = ['-f', '-C', '-c', config, '-Le', '-I', '-smux', `udp:127.0.0.1:${port}`];
    snmpd = spawn('/usr/sbin/snmpd', args, { stdio: 'ignore', env });
    const look = lookWith();
    await until('snmpd', async () => (await look(v2c())).verdict === 'passed', 20_000);
  }, 30_000);

  afterAll(async () => {
    const ended = once(snmpd, 'exit');
    snmpd.kill('SIGKILL');
    await ended;
  });

  const v2c = (): Partial<DeclaredCheck> => ({
    port,
    version: '2c',
    community_file: secretFile('community', 'from-a-file'),
  });
  const v3 = (): Partial<DeclaredCheck> => ({
    port,
    version: '3',
    user: 'fettle',
    auth: 'sha256',
    auth_file: secretFile('auth', 'auth secret 1'),
    priv_file: secretFile('priv', 'priv secret 1'),
  });

  const unhidden = (): Partial<DeclaredCheck> => {
    const { priv_file: _, ...rest } = v3();
    return rest;
  };

  it.each([
    ['v2c', v2c],
    ['v3 with a user, proven and hidden', v3],
  ])('by %s: how long it is up, who it is, what it has left', async (_what, declared) => {
    const line = await lookWith()(declared());
    expect(line.verdict).toBe('passed');
    expect(valuesOf(line, 'fettle.check.uptime')).toEqual([['printer/snmp', expect.any(Number)]]);
    expect(valuesOf(line, 'fettle.check.uptime')[0]?.[1]).toBeLessThan(60);
    expect(valuesOf(line, 'fettle.check.supply')).toEqual([['printer/snmp/Black Toner', 0.075]]);
    expect(valuesOf(line, 'fettle.check.power')).toEqual([['printer/snmp', 0]]);
    expect(valuesOf(line, 'fettle.check.charge')).toEqual([['printer/snmp', 0.87]]);
    expect(line.facts).toContainEqual({ label: 'System name', value: 'printer-9' });
    expect(line.facts).toContainEqual({ label: 'Location', value: 'cellar' });
  });

  it('its interfaces: those declared are judged, and their bytes are counted from the second look on', async () => {
    const look = lookWith();
    const declared = { ...v2c(), interfaces: ['lo', 'Gi0/9'] };
    const first = await look(declared);
    expect(valuesOf(first, 'fettle.check.interface')).toEqual([
      ['printer/snmp/lo', 1],
      ['printer/snmp/Gi0/9', 0],
    ]);
    expect(valuesOf(first, 'fettle.check.network.rate')).toEqual([]);
    await until('a later uptime', async () => valuesOf(await look(declared), 'fettle.check.network.rate').length > 0);
    const rates = valuesOf(await look(declared), 'fettle.check.network.rate');
    expect(rates.map(([name]) => name)).toEqual(['printer/snmp/lo receive', 'printer/snmp/lo transmit']);
    for (const [, rate] of rates) expect(rate).toBeGreaterThanOrEqual(0);
  });

  it.each<[what: string, declared: () => Partial<DeclaredCheck>, detail: RegExp]>([
    [
      'the wrong community: it does not answer',
      () => ({ ...v2c(), community_file: secretFile('wrong', 'x') }),
      /no answer by SNMP/,
    ],
    ['an unknown user', () => ({ ...v3(), user: 'nobody' }), /user/i],
    [
      'the wrong secret of a user',
      () => ({ ...v3(), auth_file: secretFile('wrong auth', 'another one') }),
      /wrong digest/i,
    ],
    ['a user who must hide what he says and does not', () => unhidden(), /.+/],
  ])('%s: a failure, with its reason', { timeout: 15_000 }, async (_what, declared, detail) => {
    const line = await lookWith()({ ...declared(), timeout: 1 });
    expect(line).toMatchObject({ verdict: 'failed', reason: { detail: expect.stringMatching(detail) as string } });
    expect(JSON.stringify(line)).not.toMatch(/another one|priv secret/);
  });

  it.each<[what: string, mode: number, secret: string, detail: string]>([
    ['that others can read is not used', 0o644, 'from-a-file', 'can be read by others (mode 644)'],
    ['that the group can read is not used', 0o640, 'from-a-file', 'can be read by others (mode 640)'],
    ['that is empty is none', 0o600, '', 'is empty'],
  ])('a secret %s', async (_what, mode, secret, detail) => {
    const line = await lookWith()({ ...v2c(), community_file: secretFile(`mode-${mode}`, secret, mode) });
    expect(line).toMatchObject({
      verdict: 'unknown',
      reason: { code: 'permission', detail: expect.stringContaining(detail) as string },
      samples: [],
    });
    expect(JSON.stringify(line)).not.toContain('from-a-file');
  });

  it('a secret that is not there is told by its path', async () => {
    const line = await lookWith()({ ...v2c(), community_file: join(folder, 'none') });
    expect(line).toMatchObject({ verdict: 'unknown', reason: { detail: expect.stringContaining('none') as string } });
  });
});

describe('what speaks no SNMP', () => {
  const community = () => secretFile('other', 'public');

  it('a port where nobody listens: no answer', { timeout: 15_000 }, async () => {
    const port = await freeUdpPort();
    const line = await lookWith()({ port, version: '2c', community_file: community(), timeout: 1 });
    expect(line).toMatchObject({ verdict: 'failed', reason: { detail: 'no answer by SNMP' } });
    expect(line.samples).toMatchObject([{ metric: 'fettle.check.state', value: 0 }]);
  });

  it.each<[what: string, answer: (question: Buffer) => Buffer]>([
    ['noise', () => randomBytes(300)],
    ['nothing', () => Buffer.alloc(0)],
    ['the question itself', (question) => question],
    ['half of it', (question) => question.subarray(0, question.length / 2)],
    ['one wrong byte at a time', wrongByte()],
    ['another community', otherCommunity],
  ])('one that answers with %s costs that look, and not the child', { timeout: 15_000 }, async (_what, answer) => {
    const device = await strangeDevice(answer);
    const auth = secretFile('strange auth', 'auth secret 1');
    const ways = [
      { version: '2c', community_file: community() },
      { version: '3', user: 'fettle', auth_file: auth, priv_file: auth },
    ] as const;
    const { port } = device.address();
    for (const line of await Promise.all(ways.map((how) => lookWith()({ port, ...how, timeout: 1 })))) {
      expect(line.verdict).toBe('failed');
      expect(JSON.stringify(line)).not.toMatch(/public|auth secret/);
    }
    device.close();
  });
});

/** The answer to one question, each of many times with another byte changed: some of them nearly right. */
function wrongByte(): (question: Buffer) => Buffer {
  let at = 0;
  return (question) => {
    const wrong = Buffer.from(question);
    at = (at + 1) % wrong.length;
    wrong[at] = (wrong[at] ?? 0) ^ 0xff;
    return wrong;
  };
}

/** RFC 3416: the tag of a GetResponse; both places as in a question with a community of six letters. */
const RESPONSE = 0xa2;
const [COMMUNITY_AT, TAG_AT] = [7, 13] as const;

function otherCommunity(question: Buffer): Buffer {
  const answer = Buffer.from(question);
  answer[COMMUNITY_AT] = 0x78;
  answer[TAG_AT] = RESPONSE;
  return answer;
}

const strangeDevice = async (answer: (question: Buffer) => Buffer): Promise<Socket> => {
  const socket = createSocket('udp4');
  socket.on('message', (question: Buffer, from: RemoteInfo) => {
    for (let count = 0; count < 50; count += 1) socket.send(answer(question), from.port, from.address);
  });
  await new Promise<void>((resolve) => void socket.bind(0, '127.0.0.1', resolve));
  return socket;
};

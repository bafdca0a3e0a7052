// Two machines with one key: the first stays who it is, the second becomes a device of its own.
import { describe, expect, it } from 'vitest';

import { SYSTEM } from '../domain/actor.ts';
import { shareOwner, shareTestServer } from '../fixture.ts';
import { CLONE } from './handshake.ts';
import { TestAgent, type TestDevice, enrolDevice, newKey, randomText } from './test-agent.ts';

const server = shareTestServer();
const owner = shareOwner(server);

const deviceOf = (id: string) => server().ask('device', SYSTEM, { id });
/** Says this in place of a hello. @returns the answer and how the connection ends */
const ask = async (make: (agent: TestAgent) => Promise<unknown>, answer: 'rekeyed' | 'refuse' = 'rekeyed') => {
  const agent = await TestAgent.dial(server().url);
  agent.say(await make(agent));
  const heard = await agent.hears(answer);
  return { heard, closed: await agent.ends() };
};
/** The device that a copy has become. */
const rekeyed = async (device: TestDevice, own = newKey()): Promise<TestDevice> => {
  const { heard } = await ask((agent) => agent.rekey(device, own));
  if (heard.type !== 'rekeyed') throw new Error(`not rekeyed: ${JSON.stringify(heard)}`);
  return { ...device, id: heard.deviceId, key: own.key };
};

describe('a second machine with the key of one that is there', () => {
  it('is refused as a copy, however often it comes, and the first does not notice', async () => {
    const device = await enrolDevice(server());
    const first = await TestAgent.connect(server().url, device, { hostname: 'original' });
    for (let time = 0; time < 3; time += 1) {
      const { heard, closed } = await ask((agent) => agent.hello(device, { hostname: 'copy' }), 'refuse');
      expect(heard).toMatchObject({ code: 'clone', message: CLONE[1] });
      expect(closed.code).toBe(1008);
    }
    expect(first.isOpen).toBe(true);
    expect(first.heard.map(({ type }) => type)).toEqual(['challenge', 'welcome']);
    expect(await deviceOf(device.id)).toMatchObject({ hostname: 'original', presence: 'online' });
    expect(server().isConnected(device.id)).toBe(true);
  });

  it('of several that come at once when the first is gone, one gets the device', async () => {
    const device = await enrolDevice(server());
    const first = await TestAgent.connect(server().url, device);
    first.socket.pause();
    const others = await Promise.all([1, 2, 3].map(() => TestAgent.dial(server().url)));
    for (const other of others) other.say(await other.hello(device));
    const verdicts = () => others.map(({ heard }) => String(heard.at(-1)?.type)).toSorted();
    await expect.poll(verdicts, { timeout: 15_000 }).toEqual(['refuse', 'refuse', 'welcome']);
  }, 20_000);
});

describe('a copy that asks for a key of its own', () => {
  it('is another device of the same site from then on, and nothing of the first is touched', async () => {
    const device = await enrolDevice(server());
    const first = await TestAgent.connect(server().url, device);
    const before = await deviceOf(device.id);
    const copy = await rekeyed(device);
    expect(await deviceOf(device.id)).toEqual(before);
    expect(await deviceOf(copy.id)).toMatchObject({
      hostname: 'copy',
      cloneOf: device.id,
      site: before?.site,
      tenant: before?.tenant,
    });
    const own = await TestAgent.connect(server().url, copy);
    expect((await own.hears('welcome')).marks).toEqual({ alerts: null, metrics: null });
    expect([first.isOpen, own.isOpen]).toEqual([true, true]);
    const shown = await fetch(`${server().url}/api/v1/devices/${copy.id}`, { headers: owner() });
    expect(await shown.json()).toMatchObject({ cloneOf: device.id });
  });

  it('gets the same device again where the answer was lost, and a copy of the copy another', async () => {
    const device = await enrolDevice(server());
    const own = newKey();
    const copy = await rekeyed(device, own);
    expect((await rekeyed(device, own)).id).toBe(copy.id);
    const second = await rekeyed(copy);
    expect(await deviceOf(second.id)).toMatchObject({ cloneOf: copy.id });
  });

  it.each<[what: string, code: string, make: (agent: TestAgent, device: TestDevice) => Promise<unknown>]>([
    [
      'without the key of the first',
      'bad_signature',
      (agent, device) => agent.rekey({ ...device, key: newKey().key }, newKey()),
    ],
    [
      'without the new key',
      'bad_signature',
      (agent, device) => agent.rekey(device, newKey(), { proof: randomText(64) }),
    ],
    [
      'for another key than it has signed for',
      'bad_signature',
      (agent, device) => agent.rekey(device, newKey(), { publicKey: newKey().publicKey }),
    ],
    [
      'for a key that everybody can sign with',
      'bad_signature',
      (agent, device) => agent.rekey(device, { ...newKey(), publicKey: Buffer.alloc(32).toString('base64url') }),
    ],
    [
      'of a device nobody knows',
      'unknown_device',
      (agent, device) => agent.rekey({ ...device, id: `d_${randomText(16)}` }, newKey()),
    ],
    [
      'with half of it',
      'malformed',
      async (agent, device) => ({ ...(await agent.rekey(device, newKey())), proof: undefined }),
    ],
  ])('%s is refused with %s', async (_what, code, make) => {
    const device = await enrolDevice(server());
    const { heard } = await ask((agent) => make(agent, device), 'refuse');
    expect(heard).toMatchObject({ code });
  });

  it('with the key of another device is refused: that one keeps it', async () => {
    const device = await enrolDevice(server());
    const copy = newKey();
    await rekeyed(device, copy);
    const { heard } = await ask(async (agent) => agent.rekey(await enrolDevice(server()), copy), 'refuse');
    expect(heard).toMatchObject({ code: 'clone', message: 'This key is another device already.' });
  });

  it('is malformed from whoever was welcome as the first', async () => {
    const device = await enrolDevice(server());
    const agent = await TestAgent.connect(server().url, device);
    agent.say(await agent.rekey(device, newKey()));
    expect(await agent.hears('refuse')).toMatchObject({ code: 'malformed' });
  });
});

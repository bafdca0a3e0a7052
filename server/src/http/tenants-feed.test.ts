// What one of two tenants hears of the other on the live feed, what a token may, and who is told where the server's files lie.
import { describe, expect, it } from 'vitest';

import { type Role, SYSTEM } from '../domain/actor.ts';
import { TestConsole, openStream } from '../feed/test-console.ts';
import { userOf } from '../fixture.ts';
import { hashOf, newSecret } from '../people/secrets.ts';
import { shareTwoTenants } from './two-tenants-fixture.ts';

const { server, red, blue, as, call, leaksIn } = shareTwoTenants();
/** Without what this file itself wrote into things of the own tenant. */
const untyped = (leaks: readonly string[]) => leaks.filter((leak) => !Object.values(blue().ids).includes(leak));

it('how the server is, is told to all; where its files lie to the owner alone', async () => {
  const health = async (role: Role) =>
    JSON.parse((await call('GET', '/api/v1/server/health', as(role))).text) as { backup: unknown };
  await server().commit({ type: 'prove writing' });
  expect(await health('viewer')).toEqual({ problems: [], damage: [], backup: null });
  expect(Object.keys(await health('owner'))).toEqual(['problems', 'damage', 'backup']);
});

describe('the live feed', () => {
  it.each(['technician', 'viewer'] as const)(
    'of a %s tells of the own tenant alone, by WebSocket and as a stream',
    async (role) => {
      const [socket, stream] = [
        await TestConsole.open(server().url, as(role)),
        await openStream(server().url, as(role), '?after=0'),
      ];
      socket.socket.send(
        JSON.stringify({ type: 'watch', devices: [red().ids.device, blue().ids.device], detail: blue().ids.device }),
      );
      await expect.poll(() => socket.of('readings').length).toBe(1);
      await blue().fire(`/blue ${role}`);
      blue().read(900);
      await red().fire(`/red ${role}`);
      red().read(800);
      const events = () => socket.of('event').map(({ event }) => event);
      await expect
        .poll(() => events().some((event) => event.kind === 'alert' && event.alert.instance === `/red ${role}`))
        .toBe(true);
      await expect.poll(() => stream.read()).toContain(`/red ${role}`);
      await expect.poll(() => socket.of('readings').length, { timeout: 3_000 }).toBe(2);
      expect(new Set(socket.of('readings').map(({ device }) => device))).toEqual(new Set([red().ids.device]));
      expect([socket.of('latest'), leaksIn(JSON.stringify(socket.heard)), untyped(leaksIn(stream.read()))]).toEqual([
        [],
        [],
        [],
      ]);
      expect(new Set(events().map(({ tenant }) => tenant))).toEqual(new Set(['red']));
      socket.socket.close();
      stream.close();
    },
  );

  it('of one who is disabled ends at once, with their session and their token', async () => {
    const headers = await userOf(server(), { name: 'eva', role: 'technician', tenants: ['red'] });
    const token = newSecret('fk');
    const expiresMs = Date.now() + 60_000;
    await server().commit({
      type: 'create api token',
      actor: SYSTEM,
      hash: hashOf(token),
      name: 'x',
      expiresMs,
      user: 'eva',
    });
    const bearer = { authorization: `Bearer ${token}` };
    const open = [await TestConsole.open(server().url, headers), await TestConsole.open(server().url, bearer)];
    const other = await TestConsole.open(server().url, as('viewer'));
    const stream = await openStream(server().url, bearer);
    const status = async (who: Readonly<Record<string, string>>) => (await call('GET', '/api/v1/me', who)).status;
    expect([await status(headers), await status(bearer)]).toEqual([200, 200]);
    await server().commit({ type: 'disable user', actor: SYSTEM, name: 'eva' });
    expect([await status(headers), await status(bearer)]).toEqual([401, 401]);
    await expect
      .poll(() => open.map(({ closed: end }) => end), { timeout: 4_000 })
      .toEqual(open.map(() => ({ code: 1013, reason: 'signed out' })));
    await red().fire('/after');
    await expect.poll(() => JSON.stringify(other.heard)).toContain('/after');
    expect(stream.read()).not.toContain('/after');
    await expect(TestConsole.open(server().url, headers)).rejects.toThrow('401');
    other.socket.close();
  });

  it('of one who has signed out ends, too', async () => {
    const headers = await userOf(server(), { name: 'otto', role: 'viewer', tenants: ['red'] });
    const page = await TestConsole.open(server().url, headers);
    await call('DELETE', '/api/v1/session', headers);
    await expect.poll(() => page.closed?.reason, { timeout: 4_000 }).toBe('signed out');
  });
});

it('a token of a technician may less than they, and never more', async () => {
  const token = newSecret('fk');
  const about = { actor: SYSTEM, name: 'narrow', expiresMs: Date.now() + 60_000, user: 'kim the technician' } as const;
  const scope = { role: 'viewer', tenants: ['red'] } as const;
  await server().commit({ type: 'create api token', hash: hashOf(token), ...about, scope });
  const bearer = { authorization: `Bearer ${token}` };
  expect((await call('GET', `/api/v1/tickets/${red().ids.ticket}`, bearer)).status).toBe(200);
  expect((await call('GET', `/api/v1/tickets/${blue().ids.ticket}`, bearer)).status).toBe(404);
  expect((await call('POST', `/api/v1/alerts/${red().ids.alert}/ack`, bearer)).code).toBe('forbidden');
  const me = JSON.parse((await call('GET', '/api/v1/me', bearer)).text) as unknown;
  expect(me).toEqual({ name: 'kim the technician', role: 'viewer', tenants: ['red'] });
});

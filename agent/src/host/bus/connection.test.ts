// A connection to a bus: a real dbus-daemon, and ends of a socket that are none.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type Server, type Socket, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Clock } from '@fettle/shared/time';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';

import { missing, needs } from '../../../../test/support/needs.ts';
import { systemClock } from '../clock.ts';
import type { BusListener, BusSignal, HostError } from '../host.ts';
import { systemBus } from '../system-bus.ts';
import { connectBus } from './connection.ts';
import { BusMachine } from './fixture.ts';
import { KIND, messageBytes } from './message.ts';

vi.setConfig({ testTimeout: 40_000, hookTimeout: 40_000 });

const { skip, why } = missing(needs.dbusDaemon);
const DAEMON = {
  destination: 'org.freedesktop.DBus',
  path: '/org/freedesktop/DBus',
  interface: 'org.freedesktop.DBus',
};
const SOON = { timeout: 10_000 };
const NOTHING = Buffer.alloc(0);
/** Deadlines come ten times sooner. */
const HURRIED: Clock = { ...systemClock, after: (delayMs, run) => systemClock.after(delayMs / 10, run) };
const silent: BusListener = { onSignal: () => undefined, onEnd: () => undefined };

describe.skipIf(skip)(`a real bus${why}`, () => {
  const machine = new BusMachine();
  afterEach(() => machine.kill());
  afterAll(() => machine.remove());
  const connect = (listener = silent) => systemBus(systemClock, machine.root).connect(listener);

  it('answers, and its signals are heard', async () => {
    await machine.start();
    const signals: BusSignal[] = [];
    const bus = await connect({ ...silent, onSignal: (signal) => void signals.push(signal) });
    const [names] = await bus.call({ ...DAEMON, member: 'ListNames' });
    expect(names).toContain('org.freedesktop.DBus');
    const who = { signature: 's', args: ['org.freedesktop.DBus'] };
    const [credentials] = await bus.call({ ...DAEMON, member: 'GetConnectionCredentials', ...who });
    expect(credentials).toContainEqual(['UnixUserID', process.getuid?.()]);
    await bus.call({ ...DAEMON, member: 'AddMatch', signature: 's', args: ["member='NameOwnerChanged'"] });
    const other = await connect();
    await vi.waitFor(() => expect(signals.map(({ member }) => member)).toContain('NameOwnerChanged'), SOON);
    expect(signals.at(-1)).toMatchObject({ sender: 'org.freedesktop.DBus', path: '/org/freedesktop/DBus' });
    other.close();
    bus.close();
    await expect(bus.call({ ...DAEMON, member: 'GetId' })).rejects.toMatchObject({ code: 'service_broken' });
  });

  it('refuses what it refuses with a reason', async () => {
    await machine.start();
    const bus = await connect();
    await expect(bus.call({ ...DAEMON, member: 'NoSuchThing' })).rejects.toMatchObject({ code: 'service_broken' });
    const call = { destination: 'org.example.none', path: '/', interface: 'a.b', member: 'C' };
    await expect(bus.call(call)).rejects.toThrow('C: ServiceUnknown');
    bus.close();
  });

  it('that dies ends every question, and is told once', async () => {
    await machine.start();
    const ends: HostError[] = [];
    const bus = await connect({ ...silent, onEnd: (error) => void ends.push(error) });
    const asked = Array.from({ length: 20 }, () => bus.call({ ...DAEMON, member: 'ListNames' }).catch(() => 'ended'));
    await machine.kill();
    await Promise.all(asked);
    await vi.waitFor(() => expect(ends).toHaveLength(1), SOON);
    await expect(bus.call({ ...DAEMON, member: 'GetId' })).rejects.toMatchObject({ name: 'HostError' });
  });

  it('does not keep a process from ending', async () => {
    await machine.start();
    const script = `
      const { systemBus } = await import(${JSON.stringify(join(import.meta.dirname, '../system-bus.ts'))});
      const { systemClock } = await import(${JSON.stringify(join(import.meta.dirname, '../clock.ts'))});
      await systemBus(systemClock, ${JSON.stringify(machine.root)}).connect({ onSignal: () => {}, onEnd: () => {} });
      console.log('connected');`;
    const args = ['--input-type=module', '-e', script];
    const { stdout, status } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 30_000 });
    expect({ stdout, status }).toEqual({ stdout: 'connected\n', status: 0 });
  });

  it('that is not there is a reason', async () => {
    await expect(connect()).rejects.toMatchObject({ code: 'tool_missing' });
  });
});

describe('what is no bus', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fettle-no-bus-'));
  let server: Server | undefined;
  const open = new Set<Socket>();
  afterEach(() => {
    for (const socket of open) socket.destroy();
    server?.close();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  let count = 0;
  const serve = async (onConnection: (socket: Socket) => void): Promise<string> => {
    count += 1;
    const path = join(folder, `s${count}`);
    server = createServer((socket) => {
      open.add(socket.on('error', () => undefined));
      onConnection(socket);
    }).listen(path);
    await once(server, 'listening');
    return path;
  };
  /** Says yes, answers Hello (serial 1) with what goes along, and the question after it with what the test says. */
  const greet = (socket: Socket, along: Buffer, after: Buffer) => {
    socket.once('data', () => {
      socket.write('OK 1234deadbeef\r\n');
      socket.once('data', () => {
        socket.write(Buffer.concat([answer(1), along]));
        socket.once('data', () => socket.write(after));
      });
    });
  };
  const signal = messageBytes({ kind: KIND.signal, serial: 3, path: '/', interface: 'a.b', member: 'C' });
  const answer = (answers: number) =>
    messageBytes({ kind: KIND.answer, serial: 1, answers, signature: 's', args: [':1.1'] });

  it.each<[string, string, (socket: Socket) => void]>([
    ['closes at once', 'service_broken', (socket) => socket.destroy()],
    ['says nothing', 'timeout', () => undefined],
    ['lets nobody in', 'policy_blocked', (socket) => void socket.write('REJECTED EXTERNAL\r\n')],
    ['speaks another language', 'parse_error', (socket) => void socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['talks without end', 'parse_error', (socket) => void socket.write('x'.repeat(100_000))],
    ['says yes and then nothing', 'timeout', (socket) => void socket.write('OK 1234deadbeef\r\n')],
    [
      'says yes and then noise',
      'parse_error',
      (socket) => void socket.write(`OK 1234deadbeef\r\n${'noise '.repeat(99)}`),
    ],
  ])('one that %s is a reason: %s', async (_name, code, onConnection) => {
    const path = await serve(onConnection);
    const clock = code === 'timeout' ? HURRIED : systemClock;
    await expect(connectBus(path, clock, silent)).rejects.toMatchObject({ code });
  });

  it('a greeting in pieces is a greeting, with what follows it', async () => {
    const path = await serve((socket) => {
      socket.once('data', () => {
        socket.write('O');
        setImmediate(() => socket.write(Buffer.concat([Buffer.from('K 12\r\n'), signal])));
        socket.once('data', () => socket.write(answer(1)));
      });
    });
    let heard = 0;
    (await connectBus(path, systemClock, { ...silent, onSignal: () => void (heard += 1) })).close();
    expect(heard).toBe(1);
  });

  it.each([
    ['noise', Buffer.alloc(4096, 0x55)],
    ['a message that says it has 2 GiB', Buffer.from('6c010001ffffff7f0100000000000000', 'hex')],
  ])('one that sends %s later is left, and told', async (_name, bytes) => {
    const path = await serve((socket) => greet(socket, NOTHING, bytes));
    const ends: HostError[] = [];
    const bus = await connectBus(path, systemClock, { ...silent, onEnd: (error) => void ends.push(error) });
    await expect(bus.call({ ...DAEMON, member: 'GetId' })).rejects.toMatchObject({ code: 'parse_error' });
    expect(ends.map(({ code }) => code)).toEqual(['parse_error']);
  });

  it('answers that nobody asked for, and bodies that cannot be read, hurt nothing else', async () => {
    const broken = messageBytes({ kind: KIND.answer, serial: 4, answers: 2, signature: 's', args: ['x'] });
    broken.writeUInt8('z'.charCodeAt(0), broken.indexOf('\u0001s\0', 16, 'latin1') + 1);
    const path = await serve((socket) => greet(socket, Buffer.concat([answer(77), signal]), broken));
    let heard = 0;
    const bus = await connectBus(path, systemClock, { ...silent, onSignal: () => void (heard += 1) });
    const asked = bus.call({ ...DAEMON, member: 'GetId' });
    await expect(asked).rejects.toMatchObject({ code: 'parse_error' });
    expect(heard).toBe(1);
    const next = bus.call({ ...DAEMON, member: 'GetId' });
    for (const socket of open) socket.write(answer(3));
    expect(await next).toEqual([':1.1']);
    bus.close();
  });
});

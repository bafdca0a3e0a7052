// The firewall, asked of programs that answer or do not, and of the real nft.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { missing, needs } from '../../../../test/support/needs.ts';
import type { ChildHost } from '../../host/host.ts';
import { childHostAt, installProgram, writeTree } from '../fixture.ts';
import { PlainMachine, codes, facts, recorded, values } from './fixture.ts';

const EMPTY = recorded('nft/empty/ruleset.json');
const DROP = recorded('nft/policy-drop/ruleset.json');
const UFW = recorded('iptables/ufw/rules.txt');

let machine: PlainMachine;
beforeEach(() => {
  machine = new PlainMachine();
});
afterEach(() => machine.remove());

describe('the firewall', () => {
  it.each([
    ['nft drops', DROP, 1, 'refuses what nobody asked for, by nft'],
    ['nft has nothing', EMPTY, 0, 'lets everything in, by nft'],
  ])('%s', async (_what, text, value, words) => {
    machine.prints('usr/sbin/nft', text);
    machine.prints('usr/sbin/iptables', '-P INPUT DROP\n'); // not asked: it would say the same
    const reading = await machine.read();
    expect([values(reading)['firewall'], facts(reading)['Firewall']]).toEqual([value, words]);
  });

  it('the older tables are asked only where they are loaded', async () => {
    machine.prints('usr/sbin/nft', EMPTY);
    machine.prints('usr/sbin/iptables-legacy', '-P INPUT DROP\n');
    expect(values(await machine.read())['firewall']).toBe(0);
    writeTree(machine.root, { 'proc/net/ip_tables_names': 'filter\n' });
    expect(values(await machine.read())['firewall']).toBe(1);
  });

  it('without nft iptables is asked', async () => {
    machine.prints('usr/sbin/iptables', UFW);
    expect(values(await machine.read())['firewall']).toBe(1);
  });

  it('may not be read: permission, and what to do', async () => {
    installProgram(machine.root, 'usr/sbin/nft', 'echo "Operation not permitted (you must be root)" >&2; exit 1');
    const reading = await machine.read();
    expect(values(reading)).not.toHaveProperty('firewall');
    expect(reading.partial).toMatchObject([
      { code: 'permission', fix: expect.stringContaining('CAP_NET_ADMIN') as string },
    ]);
  });

  it('may not be read, but firewalld says that it runs', async () => {
    installProgram(machine.root, 'usr/sbin/nft', 'echo "Operation not permitted (you must be root)" >&2; exit 1');
    installProgram(machine.root, 'usr/bin/firewall-cmd', 'echo running');
    const reading = await machine.read();
    expect([values(reading)['firewall'], codes(reading)]).toEqual([1, []]);
    installProgram(machine.root, 'usr/bin/firewall-cmd', 'echo "not running" >&2; exit 252');
    expect(codes(await machine.read())).toEqual(['permission']);
  });

  it.each([
    ['ends with 1 and says nothing', 'exit 1', 'service_broken'],
    ['was built without JSON', 'echo "Error: JSON support not compiled-in" >&2; exit 1', 'service_broken'],
    ['says something else', 'echo bonjour', 'parse_error'],
    ['writes 20 MiB', 'head -c 20971520 /dev/zero', 'parse_error'],
    ['hangs', 'exec sleep 30', 'timeout'],
  ])('where nft %s nothing is said of it, and the rest is', async (_what, script, code) => {
    installProgram(machine.root, 'usr/sbin/nft', script);
    const real = childHostAt(machine.root);
    const run: ChildHost['run'] = (program, args, how) => real.run(program, args, { ...how, timeoutMs: 1_000 });
    const reading = await machine.read({ run });
    expect([values(reading), codes(reading)]).toEqual([{ encryption: 0 }, [code]]);
  });

  it('no tool, no answer', async () => expect(codes(await machine.read())).toEqual(['tool_missing']));

  const { skip, why } = missing(needs.root, needs.nft);
  it.skipIf(skip)(`of the real nft, in a network of its own${why}`, async () => {
    const real = (setUp: string) =>
      installProgram(machine.root, 'usr/sbin/nft', `exec unshare -n sh -c '${setUp}; exec nft "$@"' nft "$@"`);
    real('true');
    expect(values(await machine.read())['firewall']).toBe(0);
    real('nft "add table inet f; add chain inet f i { type filter hook input priority 0; policy drop; }"');
    expect(values(await machine.read())['firewall']).toBe(1);
    real(
      'nft "add table ip f; add chain ip f i { type filter hook input priority 0; }; add rule ip f i counter reject"',
    );
    expect(values(await machine.read())['firewall']).toBe(1);
    real(
      'nft "add table ip f; add chain ip f i { type filter hook input priority 0; }; add rule ip f i tcp dport 22 drop"',
    );
    expect(values(await machine.read())['firewall']).toBe(0);
  });
});

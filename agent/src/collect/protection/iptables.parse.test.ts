// Rule sets of iptables, as ufw made them, and made up for each way to refuse.
import { describe, expect, it } from 'vitest';

import { faultyTexts } from '../faulty-texts.ts';
import { recorded } from './fixture.ts';
import { iptablesRefuses } from './iptables.parse.ts';

const UFW = recorded('iptables/ufw/rules.txt');

describe('iptables', () => {
  it.each<[string, string, boolean | undefined]>([
    ['of ufw', UFW, true],
    ['that accepts', '-P INPUT ACCEPT\n', false],
    ['that drops', '-P INPUT DROP\n', true],
    [
      'that rejects the rest',
      '-P INPUT ACCEPT\n-A INPUT -i lo -j ACCEPT\n-A INPUT -j REJECT --reject-with icmp-port-unreachable\n',
      true,
    ],
    ['that says why', '-P INPUT ACCEPT\n-A INPUT -m comment --comment "the rest" -j DROP\n', true],
    ['that drops from one card', '-P INPUT ACCEPT\n-A INPUT -i eth0 -j DROP\n', false],
    ['that jumps to one that drops', '-P INPUT ACCEPT\n-N x\n-A INPUT -j x\n-A x -j DROP\n', true],
    ['that jumps in a circle', '-P INPUT ACCEPT\n-N x\n-A INPUT -j x\n-A x -j INPUT\n', false],
    ['that drops what goes out', '-P INPUT ACCEPT\n-P OUTPUT DROP\n-A OUTPUT -j DROP\n', false],
    ['on Windows', '-P INPUT ACCEPT\r\n-A INPUT -j DROP\r\n', true],
    ['without a chain', 'iptables: No chain/target/match by that name.', undefined],
  ])('a rule set %s', (_what, text, refuses) => expect(iptablesRefuses(text)).toBe(refuses));

  it.each(faultyTexts(UFW))('gone wrong ($name) does not throw', ({ text }) => {
    expect([true, false, undefined]).toContain(iptablesRefuses(text));
  });
});

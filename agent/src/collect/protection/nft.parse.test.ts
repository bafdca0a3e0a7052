// Rule sets of nft, as real programs made them, and made up for each way to refuse.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { faultyTexts } from '../faulty-texts.ts';
import { recorded } from './fixture.ts';
import { nftRefuses } from './nft.parse.ts';

const FIREWALLD = recorded('nft/firewalld/ruleset.json');
const EMPTY = recorded('nft/empty/ruleset.json');
const DROP = recorded('nft/policy-drop/ruleset.json');

const chain = (change: object) => ({
  chain: { family: 'inet', table: 't', name: 'in', type: 'filter', hook: 'input', policy: 'accept', ...change },
});
const rule = (...expr: readonly object[]) => ({ rule: { family: 'inet', table: 't', chain: 'in', expr } });
const nft = (...items: readonly object[]): boolean | undefined => nftRefuses(JSON.stringify({ nftables: items }));
const MATCH = { match: { op: '==', left: { meta: { key: 'iifname' } }, right: 'eth0' } };
const sub = (expr: readonly object[]) => ({ rule: { family: 'inet', table: 't', chain: 'sub', expr } });

describe('nft', () => {
  it.each([
    ['of firewalld, which rejects at the end', FIREWALLD, true],
    ['with a policy', DROP, true],
    ['of iptables, which rejects in its own words', recorded('nft/iptables/ruleset.json'), true],
    ['of nobody', EMPTY, false],
    ['that is none', '', undefined],
    ['of another kind', '{"nftables":{}}', undefined],
  ])('a rule set %s', (_what, text, refuses) => expect(nftRefuses(text)).toBe(refuses));

  it.each<[string, boolean, readonly object[]]>([
    ['that accepts', false, [chain({})]],
    ['of IPv6 alone', false, [chain({ family: 'ip6', policy: 'drop' })]],
    ['for what goes out', false, [chain({ hook: 'output', policy: 'drop' })]],
    ['for what is forwarded', false, [chain({ hook: 'forward', policy: 'drop' })]],
    ['for addresses', false, [chain({ type: 'nat', policy: 'drop' })]],
    ['that drops from one card', false, [chain({}), rule(MATCH, { drop: null })]],
    ['that drops a few a second', false, [chain({}), rule({ limit: { rate: 9, per: 'second' } }, { drop: null })]],
    ['that counts and drops the rest', true, [chain({}), rule({ counter: {} }, { drop: null })]],
    ['that logs and rejects the rest', true, [chain({}), rule({ log: {} }, { reject: { type: 'icmpx' } })]],
    ['that jumps to one that drops', true, [chain({}), rule({ jump: { target: 'sub' } }), sub([{ drop: null }])]],
    ['that goes to one that accepts', false, [chain({}), rule({ goto: { target: 'sub' } }), sub([{ accept: null }])]],
    ['that jumps from one card', false, [chain({}), rule(MATCH, { jump: { target: 'sub' } }), sub([{ drop: null }])]],
    ['that jumps in a circle', false, [chain({}), rule({ jump: { target: 'in' } })]],
    ['that names no chain', false, [chain({}), rule({ jump: { target: 'nowhere' } })]],
    ['of another table', false, [chain({ table: 'u' }), rule({ drop: null })]],
    ['with an unknown target of iptables', false, [chain({}), rule({ xt: { type: 'target', name: 'TARPIT' } })]],
    ['with an unnamed part of iptables', false, [chain({}), rule({ xt: null }, { drop: null })]],
  ])('a chain %s: %j', (_what, refuses, items) => expect(nft(...items)).toBe(refuses));

  it.each(faultyTexts(DROP))(
    'gone wrong ($name) is no answer, or the same: never that it lets everything in',
    ({ text }) => {
      expect([true, undefined]).toContain(nftRefuses(text));
    },
  );

  it('any JSON at all', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (nftables) => {
        expect(nftRefuses(JSON.stringify({ nftables }))).toBeTypeOf('boolean');
      }),
    );
  });
});

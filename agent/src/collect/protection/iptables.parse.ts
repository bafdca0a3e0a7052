// `iptables -S`: the same question to the older tool. Format: iptables(8), as iptables-save(8) writes it.

const POLICY = /^-P INPUT (\S+)$/m;
const RULE = /^-A (\S+)((?: -m comment --comment (?:"[^"]*"|\S+))*) -([jg]) (\S+)(?: --reject-with \S+)?$/;
const JUMPS_MAX = 16;

/** @returns undefined where the text has no chain INPUT */
export const iptablesRefuses = (text: string): boolean | undefined => {
  const unified = text.replaceAll('\r\n', '\n').replaceAll(/[ \t]+$/gm, '');
  const policy = POLICY.exec(unified)?.[1];
  if (policy === undefined) return undefined;
  const plain = unified.split('\n').flatMap((line) => {
    const [, chain, , , target] = RULE.exec(line) ?? [];
    return chain === undefined || target === undefined ? [] : [{ chain, target }];
  });
  return (
    policy === 'DROP' ||
    refusesAll(
      'INPUT',
      Map.groupBy(plain, ({ chain }) => chain),
      JUMPS_MAX,
    )
  );
};

type Rules = ReadonlyMap<string, readonly { readonly target: string }[]>;

const refusesAll = (chain: string, rules: Rules, jumps: number): boolean =>
  (rules.get(chain) ?? []).some(
    ({ target }) => target === 'DROP' || target === 'REJECT' || (jumps > 0 && refusesAll(target, rules, jumps - 1)),
  );

// `nft -j list ruleset`: does any chain that sees what comes in refuse what no rule lets through? Format: libnftables-json(5).
import { isRecord, parseJson } from '../json.parse.ts';

type Json = Readonly<Record<string, unknown>>;

/** Deeper chains of jumps are not followed: the kernel allows 16. */
const JUMPS_MAX = 16;

/** @returns undefined where the text is no ruleset */
export const nftRefuses = (text: string): boolean | undefined => {
  const parsed = parseJson(text);
  const items = isRecord(parsed) && Array.isArray(parsed['nftables']) ? parsed['nftables'].filter(isRecord) : undefined;
  if (items === undefined) return undefined;
  const chains = items.map((item) => item['chain']).filter(isRecord);
  const rules = Map.groupBy(items.map((item) => item['rule']).filter(isRecord), (rule) => keyOf(rule, rule['chain']));
  return chains.some((chain) => isInput(chain) && (chain['policy'] === 'drop' || refusesAll(chain, rules, JUMPS_MAX)));
};

/** What comes in by IPv4, alone or with IPv6: a filter of IPv6 alone leaves the other door open. */
const isInput = ({ hook, type, family }: Json): boolean =>
  hook === 'input' && type === 'filter' && (family === 'ip' || family === 'inet');

const keyOf = ({ family, table }: Json, chain: unknown): string => JSON.stringify([family, table, chain]);

type Rules = ReadonlyMap<string, readonly Json[]>;

/** Has it a rule without conditions that drops, rejects, or leads to a chain that does? */
const refusesAll = (chain: Json, rules: Rules, jumps: number): boolean =>
  (rules.get(keyOf(chain, chain['name'])) ?? []).some((rule) => {
    const statements = Array.isArray(rule['expr']) ? rule['expr'].filter(isRecord) : [];
    if (statements.some(isCondition)) return false;
    return statements.some((statement) => {
      if ('drop' in statement || 'reject' in statement || REFUSING.has(xtName(statement, 'target'))) return true;
      const to = [statement['jump'], statement['goto']].find(isRecord)?.['target'];
      return to !== undefined && jumps > 0 && refusesAll({ ...chain, name: to }, rules, jumps - 1);
    });
  });

/** Rules that iptables has set keep its own names for what nft does not know: xtables-translate(8). */
const REFUSING: ReadonlySet<unknown> = new Set(['DROP', 'REJECT']);
const xtName = ({ xt }: Json, type: 'match' | 'target'): unknown =>
  isRecord(xt) && xt['type'] === type ? xt['name'] : undefined;

/** Statements that let a packet pass them whatever it is; all others may be conditions. */
const HARMLESS = new Set(['counter', 'log', 'drop', 'reject', 'jump', 'goto', 'comment']);
const isCondition = (statement: Json): boolean =>
  !Object.keys(statement).every((key) => HARMLESS.has(key)) &&
  xtName(statement, 'match') !== 'comment' &&
  xtName(statement, 'target') === undefined;

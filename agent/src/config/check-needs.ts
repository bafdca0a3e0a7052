// Which keys each kind of [[check]] needs and takes. A schema of four shapes would not say which key is wrong.
import type { SchemaIssue } from '@fettle/shared/config/layers';

import type { DeclaredCheck } from './checks.schema.ts';

type Key = keyof DeclaredCheck;

const ALWAYS: readonly Key[] = ['name', 'kind', 'every', 'timeout'];
const KINDS: Readonly<
  Record<DeclaredCheck['kind'], { readonly needs: readonly Key[]; readonly takes: readonly Key[] }>
> = {
  icmp: { needs: ['host'], takes: [] },
  tcp: { needs: ['host', 'port'], takes: [] },
  http: { needs: ['url'], takes: ['status', 'text'] },
  snmp: { needs: ['host', 'version'], takes: ['port', 'interfaces'] },
};
const VERSIONS = {
  '2c': { needs: ['community_file'], takes: [] },
  '3': { needs: ['user'], takes: ['auth', 'auth_file', 'priv', 'priv_file'] },
} as const satisfies Record<string, { readonly needs: readonly Key[]; readonly takes: readonly Key[] }>;

/** The first thing that is wrong with them, with its place. */
export const checkProblem = (checks: readonly DeclaredCheck[]): SchemaIssue | undefined => {
  const seen = new Set<string>();
  for (const [index, check] of checks.entries()) {
    const issue = problemOf(check) ?? repeated(check, seen);
    if (issue) return { path: ['check', index, issue.key], message: issue.message };
  }
  return undefined;
};

type Problem = { readonly key: Key; readonly message: string };

const problemOf = (check: DeclaredCheck): Problem | undefined => {
  const kind = KINDS[check.kind];
  const more = check.version === undefined ? undefined : VERSIONS[check.version];
  const needs: readonly Key[] = [...kind.needs, ...(check.kind === 'snmp' ? (more?.needs ?? []) : [])];
  const takes: readonly Key[] = [...kind.takes, ...(check.kind === 'snmp' ? (more?.takes ?? []) : [])];
  const missing = needs.find((key) => check[key] === undefined);
  if (missing !== undefined) return { key: missing, message: `is missing: ${nameOf(check)} needs it` };
  const present = keysOf(check).filter((key) => check[key] !== undefined);
  const strange = present.find((key) => ![...ALWAYS, ...needs, ...takes].includes(key));
  if (strange !== undefined) return { key: strange, message: `does not belong to ${nameOf(check)}` };
  return half(check, 'auth', 'auth_file') ?? half(check, 'priv', 'priv_file') ?? half(check, 'priv_file', 'auth_file');
};

const keysOf = (check: DeclaredCheck): readonly Key[] => Object.keys(check).filter((key): key is Key => key in check);

const nameOf = ({ kind, version }: DeclaredCheck): string =>
  kind === 'snmp' && version !== undefined ? `snmp ${version}` : kind;

const half = (check: DeclaredCheck, key: Key, needed: Key): Problem | undefined =>
  check[key] !== undefined && check[needed] === undefined
    ? { key: needed, message: `is missing: ${key} needs it` }
    : undefined;

/** Two of the same would be one series. */
const repeated = ({ name, kind, port, url }: DeclaredCheck, seen: Set<string>): Problem | undefined => {
  const what = JSON.stringify([name, kind, kind === 'tcp' ? port : undefined, url?.replace(/[?#].*$/, '')]);
  if (seen.has(what)) return { key: 'name', message: `"${name}" has such a check already` };
  seen.add(what);
  return undefined;
};

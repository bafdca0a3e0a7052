// One check as it was declared, with what it is called and the rhythm it has.
import type { Host } from '../../host/host.ts';

export type DeclaredCheck = Host['declared']['check'][number];

export type Check = {
  /** Its place in the file. */
  readonly index: number;
  readonly target: string;
  /** What is looked at, unique within the target: "ping", "tcp 443". */
  readonly what: string;
  readonly everyMs: number;
  readonly timeoutMs: number;
  readonly kind: CheckKind;
};

export type CheckKind =
  | { readonly is: 'icmp'; readonly host: string }
  | { readonly is: 'tcp'; readonly host: string; readonly port: number }
  | {
      readonly is: 'http';
      readonly url: string;
      readonly status: number | undefined;
      readonly text: string | undefined;
    }
  | { readonly is: 'snmp'; readonly declared: DeclaredCheck };

const EVERY_S = 60;
const TIMEOUT_S = 5;

/** @param checks as the configuration has found them good: what a kind needs is there */
export const checksOf = (checks: readonly DeclaredCheck[]): readonly Check[] =>
  checks.map((declared, index) => {
    const { name, every = EVERY_S, timeout = TIMEOUT_S } = declared;
    const kind = kindOf(declared);
    return { index, target: name, what: whatOf(kind), everyMs: every * 1000, timeoutMs: timeout * 1000, kind };
  });

const kindOf = (declared: DeclaredCheck): CheckKind => {
  const { kind, host = '', port = 0, url = '', status, text } = declared;
  switch (kind) {
    case 'icmp':
      return { is: kind, host };
    case 'tcp':
      return { is: kind, host, port };
    case 'http':
      return { is: kind, url, status, text };
    case 'snmp':
      return { is: kind, declared };
  }
};

const whatOf = (kind: CheckKind): string => {
  switch (kind.is) {
    case 'icmp':
      return 'ping';
    case 'tcp':
      return `tcp ${kind.port}`;
    case 'http':
      return kind.url.replace(/[?#].*$/, ''); // what follows may be a secret, and names travel
    case 'snmp':
      return 'snmp';
  }
};

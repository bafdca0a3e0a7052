// What must not leave the machine of a volunteer: who it is, whose it is, where it stands, and every secret. First everything is
// read to learn serial numbers and names; then each of them is replaced wherever it stands, also in paths and log lines.
import { withoutCredentials } from '@fettle/shared/words/credentials';

import { type Kind, Pseudonyms } from './pseudonyms.ts';

/** A text, and where it came from: a path, or a program with its arguments. */
export type Source = { readonly from: string; readonly text: string };

export type Redaction = {
  readonly redact: (text: string) => string;
  /** Names that are too short or too common to be looked for in every text. */
  readonly kept: readonly string[];
  readonly replaced: () => number;
};

/** @param hostname of the machine; @param paths that were asked for: no part of theirs is taken for a name */
export const createRedaction = (sources: readonly Source[], hostname: string, paths: readonly string[]): Redaction => {
  const pseudonyms = new Pseudonyms();
  const { names, kept } = learnedFrom(sources, hostname, paths);
  const known = names.size === 0 ? undefined : anyOf([...names.keys()]);
  const redact = (text: string): string => {
    let out = withoutSecrets(text);
    out = out.replace(HOST_KEY, (_, key: string, name: string) => `${key}${pseudonyms.of('host', name)}`);
    if (known) out = out.replace(known, (name) => pseudonyms.of(names.get(name) ?? 'serial', name));
    for (const { kind, form, keep } of FORMS) {
      out = out.replace(form, (found) => (keep?.test(found) ? found : pseudonyms.of(kind, found)));
    }
    return out;
  };
  return { redact, kept, replaced: () => pseudonyms.size };
};

/** What each name is that is to be replaced wherever it stands, and those that cannot be. */
const learnedFrom = (sources: readonly Source[], hostname: string, paths: readonly string[]) => {
  const fixed = new Set(paths.flatMap((path) => (HOMES.test(path) ? [] : path.split('/'))));
  const kept = new Set<string>();
  const names = new Map<string, Kind>();
  const learn = (kind: Kind, name: string): void => {
    if (name.length < NAME_MIN || COMMON.has(name.toLowerCase()) || fixed.has(name)) kept.add(name);
    else names.set(name, kind);
  };
  const [short = '', ...domain] = hostname.split('.');
  learn('host', short);
  if (domain.length > 0) learn('host', domain.join('.'));
  const accounts = new Set(sources.flatMap(({ text }) => systemAccountsIn(text)));
  for (const { from, text } of sources) {
    for (const [kind, name] of peopleIn(text)) if (!accounts.has(name)) learn(kind, name);
    for (const serial of serialsIn(from, text)) if (isSerial(serial)) names.set(serial, 'serial');
  }
  return { names, kept: [...kept].filter(Boolean) };
};

/** As whole words; the longest is tried first. */
const anyOf = (names: readonly string[]): RegExp => {
  const longestFirst = names.toSorted((one, other) => other.length - one.length);
  return new RegExp(`(?<![A-Za-z0-9])(?:${longestFirst.map(escape).join('|')})(?![A-Za-z0-9])`, 'g');
};

/** Where even the shortest name is one. */
const HOST_KEY = /("(?:_?hostname|fqdn|host_name|nodename)"\s*:\s*")([^"]+)/gi;

const NAME_MIN = 3;
const HOMES = /^\/(?:home|media|mnt|run\/media|Users)\//;
const COMMON: ReadonlySet<string> = new Set(
  'root admin user users guest test debian ubuntu fedora arch linux localhost server host system daemon nobody backup'.split(
    ' ',
  ),
);

const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);

/** passwd(5) and group(5) lines, and homes. */
const PASSWD = /^([^:\s]+):[^:\n]*:(\d+):\d+:([^:\n]*):[^:\n]*:/gm;
const GROUP = /^[^:\s]+:[^:\n]*:\d+:([^:\n]+)$/gm;
const HOME = /\/(?:home|Users|media|run\/media)\/([^/\s:"'\\,]+)/g;
const FIRST_PERSON = 1_000;
const NOBODY = 65_534;

/** Those of programs are the same everywhere. */
const systemAccountsIn = (text: string): readonly string[] =>
  [...text.matchAll(PASSWD)].flatMap(([, name = '', uid]) => (isPerson(Number(uid)) ? [] : [name]));

const isPerson = (uid: number): boolean => uid >= FIRST_PERSON && uid !== NOBODY;

const peopleIn = (text: string): readonly (readonly [Kind, string])[] => [
  ...[...text.matchAll(PASSWD)].flatMap(([, name = '', uid, gecos = '']): readonly (readonly [Kind, string])[] => {
    const [person = ''] = gecos.split(',');
    return isPerson(Number(uid)) ? [['user', name], ...(person === '' ? [] : [['person', person] as const])] : [];
  }),
  ...[...text.matchAll(GROUP)].flatMap(([, members = '']) => members.split(',').map((name) => ['user', name] as const)),
  ...[...text.matchAll(HOME)].map(([, name = '']) => ['user', name] as const),
];

const SERIAL_FILE = /\/(?:\w*serial\w*|wwid|cid|\w*asset_tag|wwn|ieee)$/;
const SERIAL_KEY =
  /"?\b(?:serial(?:[ _]?(?:number|num|no))?|serial(?:Num|Number)|asset(?:_?tag| tag)|wwn|wwid|eui64|unit id|logical unit id)"?\s*[:=]\s*"?([^"\n,;]+)/gi;
/** World wide names in smartctl's JSON: an object with numbers. */
const WWN_NUMBER = /"(?:id|ext_id)"\s*:\s*(\d{6,})/g;

const serialsIn = (from: string, text: string): readonly string[] => [
  ...(SERIAL_FILE.test(from) ? [text.trim()] : []),
  ...[...text.matchAll(SERIAL_KEY)].map(([, serial = '']) => serial.trim()),
  ...(text.includes('"wwn"') || text.includes('eui64') ? [...text.matchAll(WWN_NUMBER)].map(([, id = '']) => id) : []),
];

const PLACEHOLDER = /^(?:0+|x+|none|unknown|default|not specified|to be filled.*|system serial.*|no asset.*)$/i;
const isSerial = (text: string): boolean =>
  text.length > NAME_MIN && text.length <= 100 && /\d/.test(text) && !PLACEHOLDER.test(text) && !/^\d{1,5}$/.test(text);

const REMOVED = '[removed]';
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [^-]*PRIVATE KEY-----[^-]*(?:-----END [^-]*PRIVATE KEY-----)?/g, REMOVED],
  [/\bf[a-z]{0,2}t_[\w-]{20,}/g, REMOVED],
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${REMOVED}`],
  [
    /\b([\w-]*(?:passw(?:or)?d|passphrase|secret|token|api[_-]?key|community|psk)["']?\s*[=:]\s*)(?:"[^"\n]*"|'[^'\n]*'|[^\s"',;&]+)/gi,
    `$1${REMOVED}`,
  ],
];

/** Keys, tokens, passwords, and the credentials in addresses. */
export const withoutSecrets = (text: string): string =>
  withoutCredentials(SECRETS.reduce((out, [form, to]) => out.replace(form, to), text));

type Form = { readonly kind: Kind; readonly form: RegExp; readonly keep?: RegExp };

/** By their form alone. Loopback, "any" and masks say nothing of anybody. */
const FORMS: readonly Form[] = [
  { kind: 'email', form: /[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b/gi },
  { kind: 'hex', form: /\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/gi, keep: /^[0-]+$/ },
  {
    kind: 'mac',
    form: /(?<![\da-f:])[\da-f]{2}(?:[:-][\da-f]{2}){5}(?![\da-f:])/gi,
    keep: /^(?:00|ff)(?:[:-](?:00|ff)){5}$/i,
  },
  { kind: 'mac', form: /(?<=\benx)[\da-f]{12}\b/gi },
  { kind: 'hex', form: /(?<=\b(?:0x|naa\.|eui\.|wwn-0x|nvme\.))[1-9a-f][\da-f]{15,}\b/gi },
  { kind: 'hex', form: /\b[\da-f]{32,}\b/gi, keep: /^0+$/ },
  { kind: 'ipv6', form: /(?<![\w:.])(?:[\da-f]{1,4}:){7}[\da-f]{1,4}(?![\w:]|\.\d)/gi },
  { kind: 'ipv6', form: /(?<![\w:.])(?:[\da-f]{1,4}:){1,6}(?::[\da-f]{1,4}){1,6}(?![\w:]|\.\d)/gi },
  { kind: 'ipv6', form: /(?<![\w:.])(?:[\da-f]{1,4}:){2,7}:(?![\w:])/gi },
  { kind: 'ipv4', form: /(?<!\d|\d\.)(?:\d{1,3}\.){3}\d{1,3}(?!\d|\.\d)/g, keep: /^(?:0|127|255)\./ },
];

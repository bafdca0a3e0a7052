// What the address bar says after "?", and the filters that it means. Unknown and default values are dropped.
import type { Severity } from '@fettle/shared/alert/alert';
import type { AlertState, TicketState } from '@fettle/shared/api/alert.schema';

export type RawSearch = Readonly<Record<string, unknown>>;

export const parseSearch = (text: string): Record<string, string> => Object.fromEntries(new URLSearchParams(text));

export const stringifySearch = (search: RawSearch): string => {
  const filled = Object.entries(search).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const text = new URLSearchParams(filled.filter(([, value]) => value !== '')).toString();
  return text === '' ? '' : `?${text}`;
};

const oneOf = <const T extends string>(known: readonly T[], value: unknown): T | undefined =>
  known.find((entry) => entry === value);

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** What a list shows instead of what is still to be done. */
const listViews = ['resolved', 'all'] as const;
export type ListView = (typeof listViews)[number];

type AlertSearch = {
  readonly state?: ListView | undefined;
  readonly severity?: Severity | undefined;
  readonly rule?: string | undefined;
  readonly q?: string | undefined;
  /** Whether the quiet ones are counted only. */
  readonly quiet?: 'hidden' | undefined;
};
export const alertSearch = (raw: RawSearch): AlertSearch => ({
  state: oneOf(listViews, raw['state']),
  severity: oneOf(['warning', 'critical'], raw['severity']),
  rule: text(raw['rule']),
  q: text(raw['q']),
  quiet: oneOf(['hidden'], raw['quiet']),
});

export const alertStatesOf = (view: ListView | undefined): readonly AlertState[] => {
  if (view === 'resolved') return ['resolved'];
  return view === 'all' ? ['open', 'acked', 'resolved'] : ['open', 'acked'];
};

type TicketSearch = { readonly state?: ListView | undefined; readonly q?: string | undefined };
export const ticketSearch = (raw: RawSearch): TicketSearch => ({
  state: oneOf(listViews, raw['state']),
  q: text(raw['q']),
});

export const ticketStatesOf = (view: ListView | undefined): readonly TicketState[] => {
  if (view === 'resolved') return ['resolved', 'closed'];
  return view === 'all' ? ['new', 'open', 'waiting', 'resolved', 'closed'] : ['new', 'open', 'waiting'];
};

type DevicesSearch = { readonly q?: string | undefined };
export const devicesSearch = (raw: RawSearch): DevicesSearch => ({ q: text(raw['q']) });

export const ranges = ['15m', '1h', '6h', '24h', '7d', '14d'] as const;
export type Range = (typeof ranges)[number];

type DeviceSearch = { readonly range?: Range | undefined };
export const deviceSearch = (raw: RawSearch): DeviceSearch => ({ range: oneOf(ranges, raw['range']) });

/** True where every word of the query is in one of the texts. */
export const matchesText = (query: string | undefined, texts: readonly string[]): boolean => {
  if (query === undefined) return true;
  const hay = texts.join('\n').toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => hay.includes(word));
};

// Everything that may be asked of what is kept, each with the actor who asks; answered in answers.ts.
import type { SeriesView } from '@fettle/shared/api/device.schema';
import type { FeedEvent } from '@fettle/shared/api/feed.schema';
import type { Signal } from '@fettle/shared/rule/rule';
import type { SeriesDefinition } from '@fettle/shared/wire/frame';

import type { Actor } from '../domain/actor.ts';
import type { Alert } from '../domain/alert/alert.ts';
import type { AlertFacts } from '../domain/alert/explain.ts';
import type { MaintenanceWindow } from '../domain/alert/maintenance.ts';
import type { Device } from '../domain/device.ts';
import type { Link, NoteCopy, TicketCopy } from '../domain/external/external.ts';
import type { Outlook } from '../domain/forecast/forecast.ts';
import type { KeptInventory } from '../domain/inventory.ts';
import type { Channel } from '../domain/notice/channel.ts';
import type { Rota } from '../domain/notice/rota.ts';
import type { Route } from '../domain/notice/route.ts';
import type { Person } from '../domain/people.ts';
import type { Mark } from '../domain/place.ts';
import type { Absence } from '../domain/presence/absence.ts';
import type { Override, OverrideVersion, Spot, Standing } from '../domain/rules/override.ts';
import type { Calendar } from '../domain/sla/calendar.ts';
import type { Contract } from '../domain/sla/terms.ts';
import type { FactualNote } from '../domain/ticket/facts.ts';
import type { KeptEvidence } from '../domain/ticket/ticket.ts';
import type { AlertPage, NamedAlert } from './alerts.ts';
import type { BackTestAnswer, BackTestQuestion } from './back-test.ts';
import type { Capabilities } from './details.ts';
import type { DevicePage } from './devices.ts';
import type { FettleStore } from './fettle.ts';
import type { KeptForecast } from './forecasts.ts';
import type { AlertWords, IngestToken } from './ingest.ts';
import type { MetricsStore } from './metrics.ts';
import type { NoticePage, ShownNotice } from './notices.ts';
import type { EnrollToken, NamedSite } from './people.ts';
import type { SeriesQuestion } from './series.ts';
import type { Due, KeptCalendar, KeptStage, KeptTerms } from './sla.ts';
import type { KeptNote, LinkedTicket } from './ticket-history.ts';
import type { NamedTicket, TicketPage } from './tickets.ts';

export type Stores = { readonly fettle: FettleStore; readonly metrics: MetricsStore };

type Page<P> = Omit<P, 'tenants'>;
type DeviceDetails = {
  readonly device: Device;
  readonly capabilities: Capabilities;
  readonly inventory: KeptInventory | null;
  readonly forecasts: readonly KeptForecast[];
};
type ExternalTicket = {
  readonly ticket: TicketCopy;
  /** null: nothing is known of it there. */
  readonly link: Link | null;
  /** The first that are not known to be there. */
  readonly notes: readonly NoteCopy[];
  /** There are no more of them. */
  readonly areAll: boolean;
};
export type TicketDetails = {
  readonly ticket: NamedTicket;
  readonly notes: readonly KeptNote[];
  readonly alerts: readonly NamedAlert[];
  readonly links: readonly LinkedTicket[];
  readonly evidence: readonly KeptEvidence[];
  readonly minutesSpent: number;
  readonly facts: readonly FactualNote[];
  readonly stages: readonly KeptStage[];
  readonly contract: Omit<Contract, 'pace'>;
};
type DueTicket = Omit<Due, 'ticket'> & { readonly ticket: NamedTicket };
export type CalendarDetails = KeptCalendar & { readonly calendar: Calendar };
type NewestReading = { readonly definition: SeriesDefinition; readonly atMs: number; readonly integer: number };

/** By kind: what is asked beside the actor, and what comes back. undefined: not there, or not for this actor. */
export type Questions = {
  devices: { ask: Page<DevicePage>; answer: readonly Device[] };
  'all devices': { ask: object; answer: readonly Device[] };
  device: { ask: { readonly id: string }; answer: Device | undefined };
  'device details': { ask: { readonly id: string }; answer: DeviceDetails | undefined };
  absences: { ask: { readonly id: string }; answer: readonly Absence[] | undefined };
  /** What will be used up on it; undefined where nothing came of late. */
  outlooks: {
    ask: { readonly id: string; readonly signal: Signal; readonly nowMs: number };
    answer: readonly Outlook[] | undefined;
  };
  'device marks': {
    ask: { readonly id: string };
    answer: { readonly alerts: Mark | null; readonly metrics: Mark | null };
  };
  series: { ask: SeriesQuestion & { readonly device: string }; answer: SeriesView | undefined };
  'newest readings': { ask: { readonly device: string }; answer: readonly NewestReading[] };
  alerts: { ask: Page<AlertPage>; answer: readonly NamedAlert[] };
  alert: { ask: { readonly id: string }; answer: NamedAlert | undefined };
  'alert facts': {
    ask: { readonly id: string };
    answer: (AlertFacts & { readonly alert: NamedAlert }) | undefined;
  };
  /** Open, and without a ticket. */
  'alerts that wait': { ask: object; answer: readonly Alert[] };
  maintenance: { ask: { readonly nowMs: number }; answer: readonly MaintenanceWindow[] };
  'open alerts': {
    ask: object;
    answer: readonly { readonly device: string; readonly severity: string; readonly count: number }[];
  };
  'open alerts by rule': {
    ask: object;
    answer: readonly { readonly tenant: string; readonly rule: string; readonly count: number }[];
  };
  'devices alerting': { ask: { readonly rule: string }; answer: readonly string[] };
  tickets: { ask: Page<TicketPage>; answer: readonly NamedTicket[] };
  ticket: {
    ask: { readonly id: string };
    answer: TicketDetails | undefined;
  };
  'due tickets': { ask: { readonly limit: number }; answer: readonly DueTicket[] };
  calendars: { ask: object; answer: readonly CalendarDetails[] };
  calendar: { ask: { readonly id: string }; answer: CalendarDetails | undefined };
  /** null: the standard ones. */
  terms: { ask: { readonly tenant: string }; answer: KeptTerms | null | undefined };
  events: { ask: { readonly afterSeq: number; readonly limit: number }; answer: readonly FeedEvent[] };
  'event range': { ask: object; answer: { readonly first: number; readonly last: number } };
  session: { ask: { readonly hash: string }; answer: ReturnType<FettleStore['people']['session']> };
  /** How often somebody's rights have become less. */
  'rights changes': { ask: object; answer: number };
  'api token': { ask: { readonly hash: string }; answer: ReturnType<FettleStore['people']['token']> };
  /** With their secrets: for whatever sends. `channelView` is for all others. */
  channels: { ask: object; answer: readonly Channel[] };
  'notice routes': { ask: object; answer: readonly Route[] };
  rotas: { ask: object; answer: readonly Rota[] };
  notices: { ask: Page<NoticePage>; answer: readonly ShownNotice[] };
  'ingest tokens': { ask: object; answer: readonly IngestToken[] };
  'ingest token': { ask: { readonly hash: string }; answer: IngestToken | undefined };
  /** Where devices can be. */
  sites: { ask: object; answer: readonly NamedSite[] };
  /** The newest first. */
  'enrol tokens': { ask: object; answer: readonly EnrollToken[] };
  'rule generation': { ask: object; answer: number };
  'rule overrides': { ask: object; answer: readonly Override[] };
  /** Where the devices of each stand; null: there is no such place. */
  'rule places': { ask: { readonly spots: readonly Spot[] }; answer: readonly (Standing | null)[] };
  'rule versions': {
    ask: { readonly rule: string; readonly limit: number };
    answer: readonly OverrideVersion[];
  };
  'capabilities by device': {
    ask: object;
    answer: readonly { readonly device: string; readonly collectors: Capabilities }[];
  };
  /** The only one that is answered in pieces. */
  'back-test': { ask: BackTestQuestion; answer: BackTestAnswer };
  'server id': { ask: object; answer: string };
  /** Which tenants' tickets go to which other system. */
  'external systems': { ask: object; answer: ReturnType<FettleStore['external']['systems']> };
  /** Of one tenant: tickets to be told of there, or looked at. */
  'external due': { ask: Parameters<FettleStore['external']['due']>[0]; answer: readonly string[] };
  /** One of them: as it is here, and how far both sides are. */
  'external ticket': { ask: { readonly id: string }; answer: ExternalTicket | undefined };
  /** What another system said of an alert; undefined: it is our own, or not there. */
  'alert words': { ask: { readonly id: string }; answer: AlertWords | undefined };
  /** Messages that wait to be sent, and those given up since. */
  'notice counts': { ask: { readonly sinceMs: number }; answer: { readonly waiting: number; readonly dead: number } };
  /** Is there a ticket that does not get into the other ticket system? */
  'external failing': { ask: object; answer: boolean };
  /** Whom what a tenant has can be given to, "" for any; undefined: there is no such tenant. */
  'assignable people': { ask: { readonly tenant: string }; answer: readonly Person[] | undefined };
  /** Devices that have readings and are not known. */
  'orphan readings': { ask: object; answer: readonly string[] };
};

export type Kind = keyof Questions;
export type Ask = <K extends Kind>(
  kind: K,
  actor: Actor,
  question: Questions[K]['ask'],
) => Promise<Questions[K]['answer']>;

// What is said: plain values, put into each receiver's form by payload.ts and mail.ts.
import type { Severity } from '@fettle/shared/alert/alert';

import { instantText } from '../instant.ts';
import type { Subject } from './subject.ts';
import { ESCALATED, REPEATED, type Status, isOfPromise } from './verdict.ts';

export type Item = Subject & { readonly status: Status; readonly why: string };

export type Message = {
  readonly topic: string;
  readonly tenant: string;
  readonly site: string;
  readonly rule: string;
  readonly atMs: number;
  readonly items: readonly Item[];
  /** That had no place in the list. */
  readonly more: number;
};

/** What a message tells a channel, and what is remembered of it when it is sent. */
export type Tell = {
  readonly subject: string;
  readonly status: Status;
  readonly severity: Severity;
  readonly why: string;
  readonly outbox: number;
  readonly route: string;
  readonly rota: string;
};

const ITEMS_MAX = 50;

/** A ticket beside the alert that it was opened for is mentioned with the alert. */
export const messageOf = (head: Omit<Message, 'items' | 'more'>, items: readonly Item[]): Message => {
  const mentioned = new Set(items.flatMap(({ type, ticket }) => (type === 'alert' && ticket ? [ticket.id] : [])));
  const shown = items.filter(
    ({ id, type, why }) => type === 'alert' || !why.startsWith('ticket.') || !mentioned.has(id),
  );
  return { ...head, items: shown.slice(0, ITEMS_MAX), more: Math.max(0, shown.length - ITEMS_MAX) };
};

/** The worst that goes on; undefined: all of it is over. */
export const worstOf = ({ items }: Message): Severity | undefined => {
  const going = items.filter(({ status }) => status === 'firing');
  if (going.length === 0) return undefined;
  return going.some(({ severity }) => severity === 'critical') ? 'critical' : 'warning';
};

/** Host names and labels are what others chose: on one line, and of a bounded length. */
export const oneLine = (text: string, max = 200): string => {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return line.length <= max ? line : `${line.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
};

/** "Critical: Disk space is running out / on srv-01", "Warning: 3 problems, Disk space is running out", "Critical: SLA of 7 tickets" */
export const headlineOf = (message: Message): string => {
  const worst = worstOf(message);
  const word = worst === undefined ? 'Resolved' : WORDS[worst];
  const count = message.items.length + message.more;
  const [first] = message.items;
  if (!first) return word;
  if (count === 1) return oneLine(`${word}: ${nameOf(first)}`);
  const isPromise = message.items.every(({ why }) => isOfPromise(why));
  return oneLine(isPromise ? `${word}: SLA of ${count} tickets` : `${word}: ${count} problems, ${first.title}`);
};

const WORDS: Readonly<Record<Severity, string>> = { critical: 'Critical', warning: 'Warning' };

/** A ticket's title names its device already. */
const nameOf = ({ type, title, instance, deviceName, ticket }: Item): string =>
  type === 'ticket'
    ? `${ticket?.number ?? ''} ${title}`
    : [title, instance, `on ${deviceName}`].filter((part) => part !== '').join(' ');

/** "CRITICAL Disk space is running out / on srv-01, since 2026-11-23 12:00 UTC (HOME-1), again" */
export const lineOf = (item: Item): string => {
  const { status, severity, sinceMs, endedMs, ticket, type, why } = item;
  const state = status === 'resolved' ? 'RESOLVED' : severity.toUpperCase();
  const when = status === 'resolved' ? `ended ${instantText(endedMs ?? sinceMs)}` : `since ${instantText(sinceMs)}`;
  const number = type === 'alert' && ticket ? ` (${ticket.number})` : '';
  return oneLine(`${state} ${nameOf(item)}, ${when}${number}${wordOf(why)}`, 400);
};

const wordOf = (why: string): string => {
  if (why === REPEATED) return ', again: nobody has acknowledged it';
  if (why === ESCALATED) return ', escalated: nobody has acknowledged it';
  return isOfPromise(why) ? `, SLA ${why.slice('sla.'.length)}` : '';
};

/** "and 12 more"; "" when all are listed */
export const moreOf = ({ more }: Message): string => (more === 0 ? '' : `and ${more} more`);

/** What a channel is tried with. */
export const testMessage = (nowMs: number): Message => {
  const item: Item = {
    id: 'test',
    type: 'alert',
    tenant: '',
    site: '',
    device: '',
    deviceName: 'Fettle',
    rule: 'test',
    instance: '',
    title: 'This is a test',
    severity: 'warning',
    standing: 'open',
    sinceMs: nowMs,
    endedMs: null,
    reason: 'a person asked for it',
    occurrences: 1,
    ticket: null,
    labels: {},
    status: 'firing',
    why: 'test',
  };
  return { topic: 'test', tenant: '', site: '', rule: 'test', atMs: nowMs, items: [item], more: 0 };
};

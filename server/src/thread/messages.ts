// What crosses between the main thread and the two that hold the databases.
import type { Actor } from '../domain/actor.ts';
import type { Result, WriterEvent } from '../domain/event.ts';
import type { Kind } from '../store/questions.ts';

export type ThreadData = { readonly folder: string; readonly divisor: number };

/** What a thread says first: that it is ready, or why it cannot be. */
export type Greeting = { readonly ready: true } | { readonly ready: false; readonly message: string };

/** A group, answered in the order of asking. */
export type WriterRequest = { readonly events: readonly WriterEvent[] } | 'close';
export type WriterAnswer = { readonly results: readonly Result[] };

export type ReaderRequest =
  | { readonly id: number; readonly kind: Kind; readonly actor: Actor; readonly question: object }
  | 'close';
export type ReaderAnswer =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly error: string };

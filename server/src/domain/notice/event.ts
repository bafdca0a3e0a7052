// What changes notices and their settings, as events of the writer.
import type { Actor } from '../actor.ts';
import type { Channel } from './channel.ts';
import type { Attempted } from './delivery.ts';
import type { ExternalAlert } from './external.ts';
import type { Rota } from './rota.ts';
import type { Route } from './route.ts';

export type Setting =
  | { readonly kind: 'channel'; readonly setting: Channel }
  | { readonly kind: 'route'; readonly setting: Route }
  | { readonly kind: 'rota'; readonly setting: Rota };

/** Settings, by a person. */
export type NoticeAdminEvent =
  | ({ readonly type: 'put notice setting'; readonly actor: Actor } & Setting)
  | {
      readonly type: 'remove notice setting';
      readonly actor: Actor;
      readonly kind: Setting['kind'] | 'ingest token';
      readonly id: string;
    }
  | { readonly type: 'resend notice'; readonly actor: Actor; readonly delivery: string }
  | { readonly type: 'tested channel'; readonly actor: Actor; readonly channel: string; readonly isSent: boolean }
  | {
      readonly type: 'create ingest token';
      readonly actor: Actor;
      readonly id: string;
      readonly hash: string;
      readonly site: string;
      readonly name: string;
    };

export type NoticeEvent =
  | NoticeAdminEvent
  /** What is new goes to its groups, and what is due becomes messages. */
  | { readonly type: 'plan notices' }
  /** Takes messages to send: at most so many, none of a channel that one is being sent to. */
  | { readonly type: 'claim notices'; readonly limit: number; readonly busy: readonly string[] }
  | {
      readonly type: 'notice attempted';
      readonly delivery: string;
      readonly attempt: number;
      readonly result: Attempted;
      /** 0 to 1. */
      readonly jitter: number;
    }
  | { readonly type: 'external alerts'; readonly tokenHash: string; readonly alerts: readonly ExternalAlert[] };

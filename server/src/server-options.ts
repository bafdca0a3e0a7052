// What a server is told at its start.
import type { FastifyBaseLogger } from 'fastify';

import type { BackupPlan } from './backups.ts';
import type { Pace } from './domain/times.ts';
import type { NoticeOptions } from './notices.ts';

export type ServerOptions = {
  readonly folder: string;
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly publicUrl: string | undefined;
  readonly isBehindProxy: boolean;
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined;
  readonly pace: Pace;
  readonly retention: { readonly rawDays: number; readonly eventDays: number };
  readonly backups: BackupPlan;
  readonly notices: NoticeOptions;
  readonly consoleFolder: string;
  readonly log: FastifyBaseLogger;
  readonly version: string;
  /** A part that the server cannot be without has ended by itself. */
  readonly onDeath: (error: Error) => void;
};

// The server: what is plugged into what. Started in this order, stopped in reverse.
import { startBackground } from './background.ts';
import { startCore } from './core.ts';
import type { Outcome, WriterEvent } from './domain/event.ts';
import type { Addresses } from './http/addresses.ts';
import type { ServerOptions } from './server-options.ts';
import { Stops } from './stops.ts';
import { lockFolder } from './store/folder-lock.ts';
import type { Ask } from './store/questions.ts';
import { startWeb } from './web.ts';

export type Server = {
  readonly addresses: Addresses;
  readonly port: number;
  readonly commit: (event: WriterEvent) => Promise<Outcome>;
  readonly ask: Ask;
  readonly serverId: string;
  readonly isConnected: (device: string) => boolean;
  readonly close: () => Promise<void>;
};

/** @throws StoreError, or what listening throws (EADDRINUSE …); nothing is left running then */
export const startServer = async (options: ServerOptions): Promise<Server> => {
  const stops = new Stops();
  try {
    stops.add(lockFolder(options.folder));
    return await plug(options, stops);
  } catch (error) {
    await stops.run().catch((second: unknown) => options.log.error({ err: second }, 'a part did not stop'));
    throw error;
  }
};

const plug = async (options: ServerOptions, stops: Stops): Promise<Server> => {
  const core = await startCore(options, stops);
  const web = await startWeb(core, options, stops);
  startBackground(core, { ...options, url: () => web.addresses.url }, stops);
  const { commit, ask, serverId, fleet } = core;
  const isConnected = (device: string) => fleet.get(device)?.facts.isConnected ?? false;
  return { ...web, commit, ask, serverId, isConnected, close: () => stops.run() };
};

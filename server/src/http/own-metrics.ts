// What the server counts of itself, for GET /metrics.
import { Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client';

export type OwnMetrics = {
  readonly registry: Registry;
  /** Counts what came from agents, by kind. */
  readonly ingested: (kind: string) => void;
  /** Counts what came of a message to a channel. */
  readonly noticeTried: (result: 'sent' | 'failed') => void;
};

export type Gauges = {
  readonly agents: () => number;
  readonly viewers: () => number;
  readonly devices: () => number;
  /** Events that wait for the writer. */
  readonly waiting: () => number;
  /** Messages that wait to be sent, and those given up within a day. */
  readonly notices: () => Promise<{ readonly waiting: number; readonly dead: number }>;
};

export const createOwnMetrics = (gauges: Gauges): OwnMetrics => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const ingested = new Counter({
    name: 'fettle_ingest_total',
    help: 'What came from agents: records, batches, and what was refused',
    labelNames: ['kind'],
    registers: [registry],
  });
  const tried = new Counter({
    name: 'fettle_notice_attempts_total',
    help: 'Messages to channels: sent, and failed, which are tried again',
    labelNames: ['result'],
    registers: [registry],
  });
  const { notices } = gauges;
  const gauge = (name: string, help: string, read: () => number | Promise<number>) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        this.set(await read());
      },
    });
  gauge('fettle_agents_connected', 'Agents with an open connection', gauges.agents);
  gauge('fettle_devices', 'Devices enrolled', gauges.devices);
  gauge('fettle_viewers', 'Consoles and streams that follow the event log', gauges.viewers);
  gauge('fettle_writer_waiting', 'Events that wait for the writer', gauges.waiting);
  gauge('fettle_notices_waiting', 'Messages to channels that wait to be sent', async () => (await notices()).waiting);
  gauge('fettle_notices_dead', 'Messages to channels given up within a day', async () => (await notices()).dead);
  return {
    registry,
    ingested: (kind) => ingested.inc({ kind }),
    noticeTried: (result) => tried.inc({ result }),
  };
};

// What the server counts of itself, for GET /metrics.
import { Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client';

export type OwnMetrics = {
  readonly registry: Registry;
  /** Counts what came from agents, by kind. */
  readonly ingested: (kind: string) => void;
};

export type Gauges = {
  readonly agents: () => number;
  readonly viewers: () => number;
  readonly devices: () => number;
  /** Events that wait for the writer. */
  readonly waiting: () => number;
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
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  gauge('fettle_agents_connected', 'Agents with an open connection', gauges.agents);
  gauge('fettle_devices', 'Devices enrolled', gauges.devices);
  gauge('fettle_viewers', 'Consoles and streams that follow the event log', gauges.viewers);
  gauge('fettle_writer_waiting', 'Events that wait for the writer', gauges.waiting);
  return { registry, ingested: (kind) => ingested.inc({ kind }) };
};

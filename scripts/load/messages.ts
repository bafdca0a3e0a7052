// What the processes of the load test say to each other.
import { z } from 'zod';

/** To a process of agents. */
export const fleetOrder = z.discriminatedUnion('do', [
  z.strictObject({
    do: z.literal('start'),
    url: z.string(),
    serverId: z.string(),
    keysFile: z.string(),
    overMs: z.number(),
  }),
  /** So many of its agents have an alert, at random moments of this time. */
  z.strictObject({ do: z.literal('alerts'), count: z.int(), overMs: z.number() }),
]);
export type FleetOrder = z.infer<typeof fleetOrder>;

/** From it, four times a second. */
export const fleetReport = z.strictObject({
  open: z.int(),
  ackMs: z.array(z.number()),
  /** What keeps the others away, each once. */
  errors: z.array(z.string()),
});

/** From the server, when asked with `look`: since the last time it was asked. */
export const serverReport = z.strictObject({
  loopP99Ms: z.number(),
  loopMaxMs: z.number(),
  rssMib: z.number(),
});
export type ServerReport = z.infer<typeof serverReport>;

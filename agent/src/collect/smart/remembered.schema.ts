// What is kept between polls: the last scan, who was found behind which device, and the disks known so far.
import { z } from 'zod';

import { DISKS_MAX } from './scan.parse.ts';

const known = z.strictObject({
  name: z.string(),
  /** Where it was last seen: device and type. */
  key: z.string(),
  isRemovable: z.boolean(),
  isSolid: z.boolean(),
  values: z.record(z.string(), z.number()),
  /** For people, as in the section. */
  fact: z.string(),
  /** Since when it was not found; absent while it is there. */
  missingSinceMs: z.number().exactOptional(),
});

const place = z.strictObject({
  /** Whether another disk has come since (kernel.ts). */
  token: z.string(),
  /** Of the disk that answered here last. */
  id: z.string().exactOptional(),
  /** "Asleep", so often in a row. */
  sleeps: z.number().exactOptional(),
  /** It did not answer in time: asked last. */
  isLate: z.boolean().exactOptional(),
  /** Nobody known: all were accounted for when it could not be told who this is. */
  isStranger: z.boolean().exactOptional(),
});

const scanned = z.strictObject({
  device: z.string(),
  type: z.string().exactOptional(),
  problem: z.string().exactOptional(),
});

export const rememberedSchema = z.strictObject({
  version: z.literal(1),
  scan: z.strictObject({ atMs: z.number(), found: z.array(scanned).max(DISKS_MAX) }).exactOptional(),
  places: z.record(z.string(), place),
  disks: z.record(z.string(), known),
});

export type Remembered = z.infer<typeof rememberedSchema>;
export type Known = z.infer<typeof known>;
export type Place = z.infer<typeof place>;

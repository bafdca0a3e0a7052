// How far the kernel's log was read, and what is still needed of what was read.
import { z } from 'zod';

export const kernelMemory = z.strictObject({
  /** The numbers of another boot mean nothing in this one. */
  bootId: z.string(),
  seq: z.int(),
  /** Lines of classes that count only by the hundred, by class and hour since boot. */
  hours: z.array(z.strictObject({ class: z.string(), hour: z.int(), count: z.int() })).max(200),
  /** The last that counted, the oldest first. */
  lines: z
    .array(z.strictObject({ wallMs: z.number().min(0).max(4_102_444_800_000), class: z.string(), text: z.string() }))
    .max(30),
});

export type KernelMemory = z.infer<typeof kernelMemory>;

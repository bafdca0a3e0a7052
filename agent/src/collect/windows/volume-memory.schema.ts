// The volumes that the child found, for the resident agent, which asks each how full it is.
import { z } from 'zod';

const volume = z.strictObject({
  mountpoint: z.string().max(200),
  type: z.string().max(100),
  label: z.string().exactOptional(),
  bytes: z.number().exactOptional(),
});

export const volumeMemory = z.strictObject({ version: z.literal(1), volumes: z.array(volume).max(200) });

export type VolumeMemory = z.input<typeof volumeMemory>;

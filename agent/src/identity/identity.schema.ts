// The agent's identity as it stands on the disk.
import { z } from 'zod';

export const savedIdentity = z.strictObject({
  version: z.literal(1),
  /** PKCS #8, PEM */
  privateKey: z.string(),
  /** Of a copy that asks to be a device of its own, until it is. */
  nextPrivateKey: z.string().exactOptional(),
  enrolled: z
    .strictObject({ deviceId: z.string(), serverId: z.string(), serverUrl: z.string(), site: z.string() })
    .nullable(),
});

export type SavedIdentity = z.infer<typeof savedIdentity>;

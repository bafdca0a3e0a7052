// Every setting of the server, by its dotted name in the file.
import { z } from 'zod';

const days = z.coerce.number().int().min(1).max(3_650);

export const configSchema = z.strictObject({
  data_dir: z.string().min(1),
  'listen.host': z.string().min(1).max(255),
  'listen.port': z.coerce.number().int().min(0).max(65_535),
  public_url: z
    .string()
    .regex(/^https?:\/\/[^/]+\/?$/)
    .refine((text) => URL.canParse(text))
    .exactOptional(),
  behind_proxy: z.union([z.boolean(), z.stringbool()]),
  'tls.cert_file': z.string().min(1).exactOptional(),
  'tls.key_file': z.string().min(1).exactOptional(),
  'retention.raw_days': days,
  'retention.event_days': days,
  'log.level': z.enum(['debug', 'info', 'warn', 'error', 'silent']),
});

export type Config = z.infer<typeof configSchema>;

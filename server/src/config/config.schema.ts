// Every setting of the server, by its dotted name in the file.
import { z } from 'zod';

/** As a number of the file, or as the digits of a flag: nothing else that JavaScript would make a number of. */
const whole = (min: number, max: number) =>
  z
    .union([z.number(), z.string().regex(/^\d+$/).transform(Number)], 'not a whole number')
    .pipe(z.int().min(min).max(max));

const days = whole(1, 3_650);

const webAddress = z
  .string()
  .refine(
    (text) => /^https?:$/.test(URL.parse(text)?.protocol ?? ''),
    'not an address such as https://ping.example/abc',
  );

/** A comma list of names and addresses. */
const hosts = z
  .string()
  .max(4_000)
  .transform((text) => new Set(text.split(',').flatMap((host) => host.trim().toLowerCase() || [])));

export const configSchema = z.strictObject({
  data_dir: z.string().min(1),
  'listen.host': z.string().min(1).max(255),
  'listen.port': whole(0, 65_535),
  public_url: z
    .string()
    .regex(/^https?:\/\/[^/?#@\s]+\/?$/, 'not the address of a server, without a path')
    .refine((text) => URL.canParse(text))
    .exactOptional(),
  behind_proxy: z.union([z.boolean(), z.stringbool()]),
  'tls.cert_file': z.string().min(1).exactOptional(),
  'tls.key_file': z.string().min(1).exactOptional(),
  'retention.raw_days': days,
  'retention.event_days': days,
  'backup.dir': z.string().min(1).exactOptional(),
  'backup.hourly': whole(1, 1_000),
  'backup.daily': whole(1, 1_000),
  'smtp.host': z.string().min(1).max(255).exactOptional(),
  'smtp.port': whole(1, 65_535),
  'smtp.security': z.enum(['starttls', 'tls', 'none']),
  'smtp.user': z.string().min(1).max(255).exactOptional(),
  'smtp.password_file': z.string().min(1).exactOptional(),
  'smtp.ca_file': z.string().min(1).exactOptional(),
  'smtp.from': z
    .string()
    .max(320)
    .regex(/^[^\r\n]*@[^\r\n]+$/, 'not an address such as fettle@example.org')
    .exactOptional(),
  'notices.private_hosts': hosts,
  'heartbeat.url': webAddress.exactOptional(),
  'log.level': z.enum(['debug', 'info', 'warn', 'error', 'silent']),
});

export type Config = z.infer<typeof configSchema>;

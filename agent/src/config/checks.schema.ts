// [[check]]: things without an agent that this one looks after. Declared here and nowhere else: a server cannot add targets.
// Which keys a kind needs is in check-needs.ts.
import { z } from 'zod';

const path = z.string().regex(/^\//, 'must be an absolute path').max(1_000);

export const checks = z
  .array(
    z.strictObject({
      /** The target, as the device that it becomes is called. Several checks may have the same. */
      name: z.string().regex(/^[^/\p{Cc}\p{Cs}]{1,60}$/u, 'must be 1 to 60 characters without a slash'),
      kind: z.enum(['icmp', 'tcp', 'http', 'snmp']),
      /** A name or an address; it can be no flag of a program. */
      host: z
        .string()
        .regex(/^[A-Za-z0-9_:][A-Za-z0-9_:.%-]{0,252}$/, 'must be a name or an address')
        .exactOptional(),
      port: z.int().min(1).max(65_535).exactOptional(),
      url: z
        .string()
        .regex(/^https?:\/\/[^\s/?#@]+(?:[/?#]\S*)?$/, 'must be an address of http or https without a password')
        .max(300)
        .exactOptional(),
      /** Seconds between two looks. */
      every: z.int().min(30).max(86_400).exactOptional(),
      /** Seconds. */
      timeout: z.int().min(1).max(20).exactOptional(),
      /** The HTTP status that is right; without it any from 200 to 399. */
      status: z.int().min(100).max(599).exactOptional(),
      /** What the page must contain. */
      text: z.string().min(1).max(200).exactOptional(),
      /** Of SNMP. */
      version: z.enum(['2c', '3']).exactOptional(),
      community_file: path.exactOptional(),
      user: z.string().min(1).max(32).exactOptional(),
      auth: z.enum(['md5', 'sha', 'sha224', 'sha256', 'sha384', 'sha512']).exactOptional(),
      auth_file: path.exactOptional(),
      priv: z.enum(['des', 'aes']).exactOptional(),
      priv_file: path.exactOptional(),
      /** Interfaces that must be up, by ifName or ifDescr. */
      interfaces: z.array(z.string().min(1).max(100)).max(100).exactOptional(),
    }),
  )
  .max(200);

export type DeclaredCheck = z.infer<typeof checks>[number];

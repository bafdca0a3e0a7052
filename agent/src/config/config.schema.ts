// Every setting of the agent, by its dotted name in the file.
import { deviceClasses } from '@fettle/shared/rule/scope';
import { deviceTags } from '@fettle/shared/wire/tags.schema';
import { z } from 'zod';

import { declaredSchema } from './declared.schema.ts';

const logLevels = ['debug', 'info', 'warn', 'error'] as const;

export const configSchema = declaredSchema.extend({
  class: z.enum(deviceClasses).exactOptional(),
  data_dir: z.string().min(1),
  'server.url': z
    .string()
    .regex(/^https?:\/\/[^/?#@\s]+\/?$/)
    .exactOptional(),
  'server.ca_file': z.string().min(1).exactOptional(),
  'enroll.token': z.string().min(1).max(500).exactOptional(),
  proxy: z
    .string()
    .regex(/^(none|https?:\/\/([^/?#\s]*@)?[^/?#@\s]+\/?)$/, 'not an address such as http://proxy.example:3128')
    .refine((text) => text === 'none' || URL.canParse(text), 'not an address such as http://proxy.example:3128')
    .exactOptional(),
  'enroll.token_file': z.string().min(1).exactOptional(),
  /** Told at the enrolment; from then on people change them in the console. In a flag or variable divided by commas. */
  tags: deviceTags,
  'log.level': z.enum(logLevels),
});

export type Config = z.infer<typeof configSchema>;

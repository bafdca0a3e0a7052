// The file that hosts write (agent/packaging).
import { crash } from '@fettle/shared/wire/agent-message.schema';
import { z } from 'zod';

export const crashFile = crash.extend({ version: z.literal(1) });

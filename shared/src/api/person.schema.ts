// People, as the HTTP API shows them to each other: nothing but how they are called.
import { z } from 'zod';

export const personView = z.strictObject({ name: z.string() });

export type PersonView = z.infer<typeof personView>;

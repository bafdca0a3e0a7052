// How a route is written: Fastify with zod for what comes in and goes out.
import { problem } from '@fettle/shared/api/common.schema';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';

export type Routes = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;

const named = (description: string) => ({ description, content: { 'application/problem+json': { schema: problem } } });

/** The answers that any route can have beside its own. */
export const problems = {
  400: named('not as the schema has it'),
  401: named('nobody is signed in'),
  403: named('not allowed'),
  404: named('not there, or not for you'),
  default: named('another problem'),
} as const;

/** Who may ask: whoever is signed in, who may change things, the owner alone. */
export const ofReader = { policy: 'reader' } as const;
export const ofChanger = { policy: 'changer' } as const;
export const ofOwner = { policy: 'owner' } as const;

/** In the path of one thing. */
export const byId = z.strictObject({ id: z.string().max(40) });

/** What the API's description says of a route. */
export const about = (tag: string, operationId: string, summary: string) => ({ summary, operationId, tags: [tag] });

/** The body of a success, and the problems that any route can have. */
export const answers = <T extends z.ZodType>(body: T) => ({ 200: body.describe('as asked'), ...problems });

export const empty = { 204: z.null().describe('done'), ...problems };

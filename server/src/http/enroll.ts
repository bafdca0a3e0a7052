// What a new agent asks, before it is anybody.
import { enrollAnswer, enrollChallenge, enrollRequest } from '@fettle/shared/wire/enroll.schema';
import type { EnrollRequest } from '@fettle/shared/wire/enroll.schema';
import { z } from 'zod';

import type { Outcome } from '../domain/event.ts';
import { HttpProblem, refusalOf, unavailable } from './errors.ts';
import { type Routes, about, answers } from './routes.ts';

export type EnrolDoor = {
  readonly serverId: string;
  readonly challenge: () => { readonly nonce: string; readonly serverId: string };
  readonly enrol: (request: EnrollRequest) => Promise<Outcome>;
};

const PER_MINUTE = 600;

export const enrollRoutes = (app: Routes, door: EnrolDoor): void => {
  const config = { policy: 'public' as const, rateLimit: { max: PER_MINUTE, timeWindow: '1 minute' } };

  app.post(
    '/api/v1/enroll/challenge',
    {
      config,
      schema: {
        ...about('agents', 'enrollChallenge', 'A nonce to prove a key with'),
        body: z.strictObject({}).nullish(), // Fastify gives null for none
        response: answers(enrollChallenge),
      },
    },
    () => door.challenge(),
  );

  app.post(
    '/api/v1/enroll',
    {
      config,
      schema: {
        ...about('agents', 'enroll', 'Make a device of a key, by an enrolment token'),
        body: enrollRequest,
        response: answers(enrollAnswer),
      },
    },
    async (request) => {
      const outcome = await door.enrol(request.body);
      if (outcome.is === 'enrolled') return { deviceId: outcome.deviceId, serverId: door.serverId, site: outcome.site };
      if (outcome.is === 'refused') throw refusalOf(outcome.code, outcome.message);
      if (outcome.is === 'unavailable') throw unavailable();
      throw new HttpProblem(500, 'internal', 'The enrolment came to nothing.');
    },
  );
};

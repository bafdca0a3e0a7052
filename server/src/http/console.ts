// The console's files, as the build made them. Every page of it is the same document; the browser's part finds its own way.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

import { problemOf, sendProblem } from './errors.ts';

const YEAR_S = 31_536_000;

export const addConsole = async (app: FastifyInstance, folder: string): Promise<void> => {
  const isBuilt = existsSync(join(folder, 'index.html'));
  if (isBuilt) {
    app.addHook('onRoute', (route) => {
      // the files tell nothing: anybody may have them
      route.config = { policy: 'public', ...route.config };
    });
    await app.register(fastifyStatic, {
      root: folder,
      wildcard: false,
      index: false,
      preCompressed: true,
      setHeaders: (reply, path) => {
        // names of assets change with their content
        const isAsset = path.includes(join('dist', 'assets'));
        void reply.header('cache-control', isAsset ? `public, max-age=${YEAR_S}, immutable` : 'no-cache');
      },
    });
  }
  app.setNotFoundHandler({ preHandler: [] }, (request, reply) => {
    const isPage = request.method === 'GET' && !request.url.startsWith('/api/') && !/\.\w+(?:$|\?)/.test(request.url);
    if (isPage && isBuilt) return reply.header('cache-control', 'no-cache').sendFile('index.html');
    return sendProblem(
      reply,
      problemOf(404, 'not_found', `There is no ${request.method} ${request.url.split('?')[0]}.`),
    );
  });
};

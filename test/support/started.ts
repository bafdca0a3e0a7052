// `npm start` as a newcomer runs it, in a hurry and on a folder of its own.
import { join } from 'node:path';

import { z } from 'zod';

import { type Api, apiOf } from './api.ts';
import { root } from './place.ts';
import { type Program, firstJson, run } from './program.ts';

const line = z.strictObject({
  url: z.string(),
  login: z.string(),
  token: z.string(),
  deviceId: z.string(),
  dataDir: z.string(),
  pid: z.int(),
});

export type Started = z.infer<typeof line> & { readonly api: Api; readonly program: Program };

export const start = async (dataDir: string, ...args: readonly string[]): Promise<Started> => {
  const program = run(join(root, 'scripts', 'start.ts'), ['--data', dataDir, '--port', '0', '--json', ...args]);
  const said = line.parse(await firstJson(program));
  return { ...said, api: apiOf(said), program };
};

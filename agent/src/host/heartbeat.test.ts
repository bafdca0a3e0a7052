// Signs of life through a real pipe.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { describe, expect, it } from 'vitest';

import { missing, needs } from '../../../test/support/needs.ts';

const heartbeat = new URL('heartbeat.ts', import.meta.url).href;

/** What a process with this script writes to the pipe that it gets as 3. */
const written = async (pipe: string, isWell: string): Promise<string> => {
  const script = `const { startHeartbeat } = await import(${JSON.stringify(heartbeat)}); startHeartbeat(process.env, () => ${isWell});`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
    env: { FETTLE_HOST_PIPE: pipe },
  });
  let text = '';
  child.stdio[3]?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  expect(await once(child, 'close')).toEqual([0, null]); // it keeps no process alive
  return text;
};

const { skip, why } = missing(needs.linux);

describe.skipIf(skip)(`the heartbeat${why}`, () => {
  it.each([
    ['is sent at once', '3', 'true', '.'],
    ['is not sent by who is not well', '3', 'false', ''],
    ['is not sent where nobody listens', '', 'true', ''],
    ['is not sent to what is no number', '3x', 'true', ''],
    ['that nobody takes does no harm', '77', 'true', ''],
  ])('%s', async (_what, pipe, isWell, text) => {
    expect(await written(pipe, isWell)).toBe(text);
  });
});

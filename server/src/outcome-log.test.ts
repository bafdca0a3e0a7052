import pino from 'pino';
import { describe, expect, it } from 'vitest';

import type { Outcome, WriterEvent } from './domain/event.ts';
import { createOutcomeLog } from './outcome-log.ts';

const FULL: Outcome = { is: 'unavailable', code: 'SQLITE_FULL', message: 'database or disk is full' };
const DONE: Outcome = { is: 'done' };
const proof: WriterEvent = { type: 'prove writing' };

const setUp = () => {
  const said: string[] = [];
  const log = pino({}, { write: (line) => said.push(/"msg":"(.*?)"/.exec(line)?.[1] ?? '') });
  return { said, note: createOutcomeLog(log) };
};

describe('what the log says of changes', () => {
  it('a full disk once, and once that it takes again what is written', () => {
    const { said, note } = setUp();
    for (const outcome of [FULL, FULL, FULL]) note(proof, outcome);
    note({ type: 'due' }, DONE); // found nothing to do: the disk was not asked
    note(proof, FULL);
    note(proof, DONE);
    note(proof, DONE);
    expect(said.map((text) => text.split(':')[0])).toEqual(['nothing can be written', 'writing works again']);
  });

  it('that readings are held once, and once that there is room', () => {
    const { said, note } = setUp();
    for (let time = 0; time < 3; time += 1) note({ type: 'look for room' }, { is: 'held', message: '' });
    for (let time = 0; time < 3; time += 1) note({ type: 'look for room' }, DONE);
    expect(said.map((text) => text.split(':')[0])).toEqual(['the disk is full', 'there is room on the disk again']);
  });

  it('nothing of what is only early or on its way out, and each fault of ours', () => {
    const { said, note } = setUp();
    note(proof, { is: 'unavailable', message: 'The server is stopping.' });
    note(proof, DONE);
    for (let time = 0; time < 2; time += 1) note(proof, { is: 'refused', code: 'internal', message: 'constraint' });
    note(proof, { is: 'refused', code: 'conflict', message: 'a person was late' });
    expect(said).toEqual(['a change could not be made', 'a change could not be made']);
  });
});

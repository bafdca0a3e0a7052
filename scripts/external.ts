// `npm run external -- rt`: tickets kept in a real ticket system, both ways, beside somebody who works there. Ends with one line of what
// was found and 0, with 1 when something is missing or there twice, with 2 when this machine cannot run it.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { SECOND_MS } from '@fettle/shared/time';

import { MissingError } from './debian/missing-error.ts';
import { type Desk, deskOf } from './external/desk.ts';
import { forgetfulProxy } from './external/forgetful-proxy.ts';
import { type Here, startHere } from './external/here.ts';
import { startTracker } from './external/request-tracker.ts';
import { until } from './until.ts';

const CACHE = join(dirname(import.meta.dirname), '.toolchain-rt');
const [WRONG, MISSING] = [1, 2] as const;
const WAIT_MS = 30 * SECOND_MS;

const main = async (): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'fettle-external-'));
  const stops: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const within = (name: string): string => {
    mkdirSync(join(folder, name));
    return join(folder, name);
  };
  try {
    const tracker = await startTracker(CACHE, within('rt'));
    stops.push(tracker.close);
    const proxy = await forgetfulProxy(tracker.url);
    stops.push(proxy.close);
    const here = await startHere(within('data'), proxy.url, tracker.service);
    stops.push(here.close);
    const found = await play(here, deskOf(tracker.url, tracker.person)).catch(async (error: unknown) => {
      throw new Error([String(error), ...(await here.problems())].join('\n'), { cause: error });
    });
    report({ system: 'rt', ...found, answers_lost: proxy.lost() });
  } finally {
    for (const stop of stops.toReversed()) await stop();
  }
};

/** Each step is waited for; what is counted is looked at after a few rounds more. */
const play = async (here: Here, desk: Desk) => {
  const first = await here.open('/one');
  const there = await until('the ticket is made there', async () => (await desk.tickets())[0], WAIT_MS);
  await here.note(first, 'On my way – ½ h, 李');
  const noted = await until('the note is there', async () => (await desk.comments(there.id)).some(isOurs), WAIT_MS);
  await desk.comment(there.id, 'Turned it off and on – ¾ done, 李');
  await until('the comment is here', async () => (await here.notesOf(first)).some(isTheirs), WAIT_MS);
  await desk.setStatus(there.id, 'resolved');
  await until('it is resolved here', async () => (await here.stateOf(first)) === 'resolved', WAIT_MS);
  const second = await here.open('/two');
  const other = await until(
    'the second is there',
    async () => (await desk.tickets()).find(({ Subject }) => Subject.includes('/two')),
    WAIT_MS,
  );
  await here.resolve(second);
  const resolved = () => desk.tickets().then((all) => all.find(({ id }) => id === other.id)?.Status === 'resolved');
  await until('it is resolved there', resolved, WAIT_MS);
  const third = await here.open('/three');
  await until('the third is there', async () => (await desk.tickets()).length > 2, WAIT_MS);
  await here.note(third, 'a last word, so that a few rounds go by');
  return { noted, ...(await count(here, desk, { first, there: there.id })) };
};

const isOurs = (text: string): boolean => text === 'kim: On my way – ½ h, 李';
const isTheirs = ({ by, text }: { readonly by: string; readonly text: string }): boolean =>
  by === 'eva (external)' && text === 'Turned it off and on – ¾ done, 李';

const count = async (here: Here, desk: Desk, { first, there }: { readonly first: string; readonly there: string }) => {
  await until('the last word is there', async () => {
    const last = (await desk.tickets()).find(({ Subject }) => Subject.includes('/three'));
    return last && (await desk.comments(last.id)).length > 0;
  });
  const [tickets, comments, notes] = [await desk.tickets(), await desk.comments(there), await here.notesOf(first)];
  return {
    tickets_here: 3,
    tickets_there: tickets.length,
    our_notes_there: comments.filter(isOurs).length,
    their_comments_here: notes.filter(isTheirs).length,
    resolved_here_by_them: notes.filter(({ text }) => text === 'Resolved in the other ticket system.').length,
    resolved_there_by_us: tickets.filter(({ Status }) => Status === 'resolved').length - 1,
  };
};

type Found = Awaited<ReturnType<typeof play>> & { readonly system: string; readonly answers_lost: number };

const report = ({ noted, ...found }: Found): void => {
  const once = [
    found.our_notes_there,
    found.their_comments_here,
    found.resolved_here_by_them,
    found.resolved_there_by_us,
  ];
  const isRight =
    noted &&
    found.tickets_there === found.tickets_here &&
    found.answers_lost === 1 &&
    once.every((times) => times === 1);
  const s = Number((performance.now() / SECOND_MS).toFixed(1));
  process.stdout.write(`${JSON.stringify({ ok: isRight, ...found, s })}\n`);
  if (!isRight) process.exitCode = WRONG;
};

try {
  if (process.argv[2] !== 'rt') throw new MissingError('Say which ticket system: npm run external -- rt');
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof MissingError ? error.message : String(error)}\n`);
  process.exitCode = error instanceof MissingError ? MISSING : WRONG;
}

// All of it, once: broken messages and frames for the server, broken messages for the agent, a broken segment of its spool.
import { startAgent } from './agent-side.ts';
import { Chance } from './chance.ts';
import { breakSegment } from './segments.ts';
import { attackServer } from './server-side.ts';
import { watchStrain } from './strain.ts';

/** A fifth of the messages goes to the agent. */
const TO_AGENT = 0.2;

export type FuzzOptions = {
  /** The same one breaks the same things in the same way. */
  readonly seed: number;
  readonly messages: number;
  readonly frames: number;
  readonly segmentBytes: number;
};

/** @returns what became of it, and each crash in words */
export const fuzz = async ({ seed, messages, frames, segmentBytes }: FuzzOptions) => {
  const unhandled: string[] = [];
  const note = (error: unknown): void => void unhandled.push(`unhandled: ${String(error)}`);
  process.on('unhandledRejection', note);
  const chance = new Chance(seed);
  const agent = await startAgent(chance);
  const strain: { read: ReturnType<typeof watchStrain> | undefined } = { read: undefined };
  const toServer = { messages: messages * (1 - TO_AGENT), frames };
  const server = await attackServer(toServer, chance, async () => {
    await agent.attack(messages * TO_AGENT * 0.1);
    strain.read = watchStrain();
  });
  await agent.attack(messages * TO_AGENT * 0.9);
  const cost = strain.read?.();
  const segment = breakSegment(segmentBytes);
  process.off('unhandledRejection', note);
  return {
    server,
    agent: agent.tally,
    segmentCases: segment.cases,
    cost,
    crashes: [
      ...server.texts.crashes,
      ...server.frames.crashes,
      ...agent.tally.crashes,
      ...segment.wrong,
      ...unhandled,
      ...('isAdmin' in {} ? ['every object has a key that came in a message'] : []),
    ],
  };
};

// Which rules are in force: the server's last word, else the pack. It is kept as the message it came in.
import { ruleSetVersion } from '@fettle/shared/rule/hash';
import { pack } from '@fettle/shared/rule/pack';
import { type SentRules, type ServerMessage, serverMessage } from '@fettle/shared/wire/server-message.schema';

import type { Fs } from '../host/fs.ts';
import { type RuleSet, adopted } from './rule-set.ts';

/** As a server of the same version names it, which then has nothing to send. */
const PACK: RuleSet = { version: ruleSetVersion(pack), rules: pack, leftOut: [] };

export const isPack = (version: string): boolean => version === PACK.version;

export const loadRules = async (fs: Fs, path: string): Promise<RuleSet> => {
  const kept = await readMessage(fs, path);
  return kept?.type === 'rules' ? adopted(kept.ruleSet) : PACK;
};

/** An unreadable copy is as good as none: the server sends it again. */
const readMessage = async (fs: Fs, path: string): Promise<ServerMessage | undefined> => {
  try {
    return serverMessage.safeParse(JSON.parse((await fs.read(path)) ?? '')).data;
  } catch {
    return undefined;
  }
};

/** Whole, with what is left out here: after an update of the agent it may be known. */
export const saveRules = (fs: Fs, path: string, ruleSet: SentRules): Promise<void> =>
  fs.replace(path, JSON.stringify({ type: 'rules', ruleSet }));

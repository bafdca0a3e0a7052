import { isRecord, parseJson } from '../json.parse.ts';

/** `loginctl list-sessions --output=json` (loginctl(1)): who is logged in, each once; undefined where it is no list. */
export const parseSessions = (text: string): readonly string[] | undefined => {
  const sessions = parseJson(text);
  if (!Array.isArray(sessions)) return undefined;
  const users = sessions.filter(isRecord).map((session) => session['user']);
  return [...new Set(users.filter((user) => typeof user === 'string'))].toSorted();
};

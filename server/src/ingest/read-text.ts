// A text frame from an agent: a message, something to pass over, or what can be said of something that is neither.
import { type AgentMessage, agentMessage, record } from '@fettle/shared/wire/agent-message.schema';

export type ReadText =
  | { readonly is: 'message'; readonly message: AgentMessage }
  /** Of a later version of the protocol. */
  | { readonly is: 'unknown' }
  /** A record whose body is not as it should be: its place at least is known. */
  | {
      readonly is: 'poison';
      readonly lane: 'alerts' | 'metrics';
      readonly epoch: string;
      readonly seq: number;
      readonly problem: string;
    }
  | { readonly is: 'malformed'; readonly problem: string };

const TYPES: ReadonlySet<unknown> = new Set(['hello', 'rekey', 'record', 'bye']);
const place = record.pick({ type: true, lane: true, epoch: true, seq: true }).loose();

export const readText = (text: string): ReadText => {
  const value = parse(text);
  if (value === undefined) return { is: 'malformed', problem: 'The frame is not JSON.' };
  const parsed = agentMessage.safeParse(value);
  if (parsed.success) return { is: 'message', message: parsed.data };
  const problem = firstProblem(parsed.error.issues);
  const known = place.safeParse(value);
  if (known.success) {
    const { lane, epoch, seq } = known.data; // and nothing else that may stand there
    return { is: 'poison', lane, epoch, seq, problem };
  }
  return isOfUnknownType(value) ? { is: 'unknown' } : { is: 'malformed', problem };
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

const isOfUnknownType = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  'type' in value &&
  typeof value.type === 'string' &&
  !TYPES.has(value.type);

const firstProblem = (
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): string => {
  const [issue] = issues;
  return issue
    ? `${issue.path.map(String).join('.') || 'message'}: ${issue.message}`.slice(0, 400)
    : 'not as PROTOCOL.md has it';
};

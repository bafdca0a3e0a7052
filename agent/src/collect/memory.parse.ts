// /proc/meminfo: names and kibibytes. Layout: proc_meminfo(5).

const KIB = 1024;
/** Six of some fifty: taking all of them apart cost six times as much. */
const FIELD = /^(MemTotal|MemAvailable|SwapTotal|SwapFree|CommitLimit|Committed_AS): +(\d{1,15}) kB$/gm;

export type Memory = {
  readonly limitBytes: number;
  readonly availableBytes: number;
  readonly swapBytes: number;
  readonly swapFreeBytes: number;
  readonly commitLimitBytes?: number;
  readonly committedBytes?: number;
};

/** @throws SyntaxError when a field that every kernel since 3.14 has is missing */
export const parseMemory = (text: string): Memory => {
  const fields = new Map<string, number>();
  for (const [, name = '', kibibytes = ''] of text.matchAll(FIELD)) {
    fields.set(name, Number(kibibytes) * KIB);
  }
  const limitBytes = needed(fields, 'MemTotal');
  const commitLimitBytes = fields.get('CommitLimit');
  const committedBytes = fields.get('Committed_AS');
  return {
    limitBytes,
    availableBytes: Math.min(limitBytes, needed(fields, 'MemAvailable')),
    swapBytes: fields.get('SwapTotal') ?? 0,
    swapFreeBytes: fields.get('SwapFree') ?? 0,
    ...(commitLimitBytes === undefined || committedBytes === undefined ? {} : { commitLimitBytes, committedBytes }),
  };
};

const needed = (fields: ReadonlyMap<string, number>, name: string): number => {
  const bytes = fields.get(name);
  if (bytes === undefined) throw new SyntaxError(`/proc/meminfo has no ${name}`);
  return bytes;
};

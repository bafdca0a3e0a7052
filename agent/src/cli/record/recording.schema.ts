// A recording as it stands in manifest.json. Texts of files and programs stand beside it, each in a file of its own.
import { operatingSystems } from '@fettle/shared/rule/scope';
import { z } from 'zod';

const recordedError = z.strictObject({
  code: z.string(),
  message: z.string(),
  isHostError: z.boolean(),
  fix: z.string().exactOptional(),
});

const answers = <T extends z.ZodType>(value: T) =>
  z.record(z.string(), z.union([z.strictObject({ value }), z.strictObject({ error: recordedError })]));

/** The path of the text within the recording. */
const stored = z.strictObject({ file: z.string() });

const pass = z.strictObject({
  monoMs: z.number(),
  files: answers(stored),
  folders: answers(z.array(z.string())),
  links: answers(z.string()),
  stats: answers(
    z.strictObject({
      kind: z.enum(['file', 'folder', 'other']),
      bytes: z.number(),
      modifiedMs: z.number(),
      mode: z.number(),
      uid: z.number(),
    }),
  ),
  volumes: answers(
    z.strictObject({
      blockBytes: z.number(),
      blocks: z.number(),
      free: z.number(),
      available: z.number(),
      inodes: z.number(),
      inodesFree: z.number(),
    }),
  ),
  programs: answers(z.string().nullable()),
  runs: answers(z.strictObject({ code: z.number(), stdout: stored, stderr: stored })),
  inventory: answers(stored),
  kernelLog: answers(z.array(z.string())),
  names: answers(z.string()),
  numbers: answers(z.array(z.number())),
  cpus: answers(
    z.array(z.strictObject({ user: z.number(), nice: z.number(), sys: z.number(), idle: z.number(), irq: z.number() })),
  ),
});

export const recordingManifest = z.strictObject({
  version: z.literal(1),
  agent: z.string(),
  os: z.enum(operatingSystems),
  kernel: z.string(),
  /** The first line of what each program says of its version. */
  tools: z.record(z.string(), z.string()),
  passes: z.array(pass),
  /** What the collectors made of it, in the order in which they were run. */
  readings: z.array(z.strictObject({ collector: z.string(), pass: z.number(), said: z.unknown() })),
});

export type RecordedPass = z.infer<typeof pass>;

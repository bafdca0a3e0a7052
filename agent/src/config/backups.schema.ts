// [[backup]]: what is a backup here, and how its success is known.
import { z } from 'zod';

const name = z.string().min(1).max(100);
const path = z.string().regex(/^\//, 'must be an absolute path').max(1_000);
const word = z.string().min(1).max(1_000);

const common = {
  name,
  /** Each line begins with a time, as 2026-11-01T10:00:00Z; a line that says "fail" is a test that did not work. Without lines: when the file was last touched. */
  restore_test_log: path.exactOptional(),
};
/** In bytes. What is smaller is no backup. */
const min_size = z.int().min(0).exactOptional();

/** The newest file of a folder, or of "/srv/dumps/*.sql.gz". */
const files = z.strictObject({ ...common, kind: z.literal('files'), path, min_size });

/** Secrets stand in files that nobody else may read. */
const restic = z.strictObject({
  ...common,
  kind: z.literal('restic'),
  repository: word,
  password_file: path,
  /** Of several machines that share a repository, this one. */
  host: word.exactOptional(),
  min_size,
});

const borg = z.strictObject({
  ...common,
  kind: z.literal('borg'),
  repository: word,
  passphrase_file: path.exactOptional(),
  /** Of several series in a repository, this one, as "web-*". */
  archives: word.exactOptional(),
});

/** A unit of systemd that makes the backup: "backup.service", or the timer that starts it. */
const systemd = z.strictObject({
  ...common,
  kind: z.literal('systemd'),
  unit: z
    .string()
    .regex(/^[\w@:.\\-]+\.(?:service|timer)$/, 'must be the name of a .service or .timer')
    .max(200),
});

/** A program of one's own: it prints {"time": …, "size": …, "ok": …}, or its exit code says it: 0 is good. */
const command = z.strictObject({
  ...common,
  kind: z.literal('command'),
  /** The absolute path of the program, and its arguments. */
  command: z.array(word).min(1).max(50),
  min_size,
});

export const backups = z.array(z.discriminatedUnion('kind', [files, restic, borg, systemd, command])).max(50);

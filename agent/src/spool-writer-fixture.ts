// A process that appends alerts to a spool for ever, to be killed: node spool-writer-fixture.ts FOLDER. On stdout the last number that
// was safe, a line each time.
import { randomBytes } from 'node:crypto';

import { systemClock } from './host/clock.ts';
import { nodeSpoolDisk } from './host/spool-disk.ts';
import { openDiskSpool } from './spool/disk/disk-spool.ts';
import { DISK_LIMITS } from './spool/disk/limits.ts';

const [, , folder = ''] = process.argv;
const spool = await openDiskSpool({
  disk: nodeSpoolDisk(folder),
  clock: systemClock,
  newEpoch: () => randomBytes(16).toString('base64url'),
  bootId: 'boot',
  limits: { ...DISK_LIMITS, segmentBytes: 4_096, groupMs: 1, free: { bytes: 0, share: 0 } },
  onHealth: ({ kept }) => {
    throw new Error(`kept in ${kept}`);
  },
});
for (;;) {
  const { nextSeq } = spool.counts('alerts');
  const group = Array.from({ length: 5 }, (_, index) => Buffer.from(String(nextSeq + index).padEnd(300, '.')));
  const seqs = await Promise.all(group.map((payload) => spool.append('alerts', payload, Date.now())));
  process.stdout.write(`${seqs.at(-1)}\n`);
}

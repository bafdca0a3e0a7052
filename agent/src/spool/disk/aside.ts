// What nobody here can use and somebody may want to look at: unreadable files, and records that the server refused. Bounded.
import type { SpoolDisk } from '../../host/spool-disk.ts';
import type { Lane } from '../spool.ts';

const FOLDER = 'set-aside';
const FILES_KEPT = 4;
const REFUSED = `${FOLDER}/refused.jsonl`;
const REFUSED_MAX_BYTES = 256 * 1024;

/** Moves a file away. @throws as fs does */
export const setFileAside = async (disk: SpoolDisk, path: string): Promise<void> => {
  const taken = (await disk.list(FOLDER)).map(({ name }) => `${FOLDER}/${name}`).filter((one) => one !== REFUSED);
  const oldest = taken.toSorted().slice(0, Math.max(0, taken.length - FILES_KEPT + 1));
  for (const one of oldest) await disk.remove(one);
  await disk.rename(path, `${FOLDER}/${path.replaceAll('/', '-')}`);
};

export type Refused = {
  readonly lane: Lane;
  readonly epoch: string;
  readonly seq: number;
  readonly payload: Uint8Array;
};

/** Keeps a copy, a line of JSON each with the payload in base64; a full file is begun anew. @throws as fs does */
export const keepRefused = async (disk: SpoolDisk, { payload, ...place }: Refused): Promise<void> => {
  const line = Buffer.from(`${JSON.stringify({ ...place, payload: Buffer.from(payload).toString('base64') })}\n`);
  const known = (await disk.list(FOLDER)).find(({ name }) => `${FOLDER}/${name}` === REFUSED)?.bytes ?? 0;
  const at = known + line.length > REFUSED_MAX_BYTES ? 0 : known;
  const file = await disk.open(REFUSED, 'write');
  try {
    await file.truncate(at);
    if ((await file.write(at, line)) < line.length) await file.truncate(at);
  } finally {
    await file.close();
  }
};

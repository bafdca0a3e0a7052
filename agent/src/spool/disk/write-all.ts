import type { SpoolFile } from '../../host/spool-disk.ts';

export const noRoom = (message: string): Error => Object.assign(new Error(message), { code: 'ENOSPC' });

/** A disk that fills takes a part without an error; asked for the rest, it says why. @throws as fs does */
export const writeAll = async (file: SpoolFile, at: number, bytes: Uint8Array): Promise<void> => {
  for (let done = 0; done < bytes.length;) {
    const taken = await file.write(at + done, bytes.subarray(done));
    if (taken === 0) throw noRoom('the disk takes nothing');
    done += taken;
  }
};

// A secret out of a file that only its owner can read.
import { type ChildHost, HostError } from '../../host/host.ts';

const OTHERS = 0o077;
const SECRET_MAX_BYTES = 1_024;

/** Without the line's end. @throws HostError `permission`, in words that name the file and never what is in it */
export const readSecret = async (host: ChildHost, path: string): Promise<string> => {
  const { mode, kind } = await host.statFile(path).catch((error: unknown) => {
    throw new HostError('permission', `the secret cannot be read: ${error instanceof Error ? error.message : path}`);
  });
  if (kind !== 'file') throw new HostError('permission', `${path} is no file`);
  if (host.os !== 'windows' && (mode & OTHERS) !== 0) {
    const why = `${path} can be read by others (mode ${(mode & 0o777).toString(8)})`;
    throw new HostError('permission', why, `chmod 600 ${path}`);
  }
  const secret = await readText(host, path);
  if (secret === '') throw new HostError('permission', `${path} is empty`);
  return secret;
};

const readText = async (host: ChildHost, path: string): Promise<string> => {
  try {
    return (await host.readFile(path, SECRET_MAX_BYTES)).toString('utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new HostError('permission', `${path} cannot be read: ${error instanceof Error ? error.message : ''}`);
  }
};

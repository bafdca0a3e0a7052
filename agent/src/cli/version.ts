import { VERSION } from '../version.ts';
import type { Arguments } from './arguments.ts';
import { EXIT, type ExitCode, print } from './exit.ts';

export const version = ({ isJson }: Arguments): Promise<ExitCode> => {
  const found = { version: VERSION, node: process.versions.node, platform: process.platform, arch: process.arch };
  print(isJson, found, [`fettle-agent ${VERSION} (Node ${found.node}, ${found.platform} ${found.arch})`]);
  return Promise.resolve(EXIT.ok);
};

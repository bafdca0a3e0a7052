// What `npm start` says when everything runs.
import type { StartOptions } from './options.ts';

export type Facts = {
  readonly url: string;
  readonly login: string;
  readonly deviceId: string | undefined;
  readonly folder: string;
  readonly options: StartOptions;
};

export const box = ({ url, login, deviceId, folder, options }: Facts): string => {
  const demo = options.demo
    ? `${options.demo} simulated devices are coming in; npm start -- --demo 0 removes them`
    : 'npm start -- --demo 200';
  const lines = [
    ['console', `${url}${options.isHurry ? '   hurry: all durations are divided by 60' : ''}`],
    ['login', `${login}   (once, for 10 minutes)`],
    ['agent', deviceId === undefined ? 'not connected yet' : `connected, ${deviceId}`],
    ['data', folder],
    ['demo', demo],
    ['stop', 'Ctrl-C'],
  ].map(([name = '', text = '']) => `${name.padEnd(8)}${text}`);
  const width = Math.max(...lines.map((line) => line.length));
  const rule = '─'.repeat(width + 2);
  return [`┌${rule}┐`, ...lines.map((line) => `│ ${line.padEnd(width)} │`), `└${rule}┘`, ''].join('\n');
};

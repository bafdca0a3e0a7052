// /proc/net/dev: what each interface has carried since boot. Layout: proc_net(5).
import { parseCounters } from './counter.parse.ts';

export type Traffic = { readonly bytes: number; readonly errors: number; readonly dropped: number };
export type InterfaceCounters = { readonly name: string; readonly receive: Traffic; readonly transmit: Traffic };

/** Loopback, and the many ends that containers and virtual switches make: their traffic is counted where it leaves the machine. */
const VIRTUAL = /^(?:lo|ifb\d+|dummy\d+|veth.*|docker\d+|br-.*|cali.*|virbr.*|cni\d+|flannel.*|tap.*|vnet\d+)$/;

export const parseInterfaces = (text: string): readonly InterfaceCounters[] =>
  text
    .split('\n')
    .map(parseLine)
    .filter((found) => found !== undefined)
    .filter(({ name }) => !VIRTUAL.test(name));

const parseLine = (line: string): InterfaceCounters | undefined => {
  const [, name, rest] = /^\s*([^\s:]+):\s*(.+)$/.exec(line) ?? [];
  if (name === undefined || rest === undefined) return undefined;
  const fields = parseCounters(rest);
  if (!fields || fields.length < 12) return undefined;
  return { name, receive: traffic(fields, 0), transmit: traffic(fields, 8) };
};

const traffic = (fields: readonly number[], from: number): Traffic => {
  const [bytes = 0, , errors = 0, dropped = 0] = fields.slice(from);
  return { bytes, errors, dropped };
};

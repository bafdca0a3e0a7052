// Thousands of agents in one process, told by its parent what to do.
import { readKeys } from './enrol.ts';
import { type FleetOrder, fleetOrder } from './messages.ts';
import { PlainAgent } from './plain-agent.ts';

const REPORT_MS = 250;

let agents: readonly PlainAgent[] = [];
let ackMs: number[] = [];

/** Each once, at a random moment. */
const spread = (some: readonly PlainAgent[], overMs: number, act: (agent: PlainAgent) => void): void => {
  for (const agent of some) setTimeout(() => act(agent), Math.random() * overMs);
};

const obey = (order: FleetOrder): void => {
  if (order.do === 'alerts') {
    const some = agents.toSorted(() => Math.random() - 0.5).slice(0, order.count);
    return spread(some, order.overMs, (agent) => void agent.alert());
  }
  const { url, serverId, keysFile, overMs } = order;
  const common = { url, serverId, ruleSet: '', onAlertAcked: (tookMs: number) => void ackMs.push(tookMs) };
  agents = readKeys(keysFile).map((owner) => new PlainAgent(owner, common));
  spread(agents, overMs, (agent) => agent.start());
};

process.on('message', (message) => obey(fleetOrder.parse(message)));
process.on('disconnect', () => process.exit());
setInterval(() => {
  const away = agents.filter(({ isOpen }) => !isOpen);
  const errors = [...new Set(away.map(({ lastError }) => lastError))];
  process.send?.({ open: agents.length - away.length, ackMs, errors });
  ackMs = [];
}, REPORT_MS);

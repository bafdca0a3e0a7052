// The machine as the child sees it that looks at targets: it may also ask the network.
import { connect } from './connect.ts';
import type { CheckHost, ChildHost } from './host.ts';
import { request } from './request.ts';

export const checkHost = (host: ChildHost): CheckHost => ({
  ...host,
  connect,
  request,
  // the library is loaded only where a target is asked by SNMP
  snmp: async (to, timeoutMs) => (await import('./snmp.ts')).openSnmp(to, timeoutMs),
});

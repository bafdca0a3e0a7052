// The way to the server where a proxy stands between: CONNECT, by Node's own agent, which knows the rules of NO_PROXY.
import { Agent } from 'node:https';

type Env = Readonly<Record<string, string | undefined>>;

/** Of these names Node reads the lower-case ones first, as curl does. */
const NAMES = ['https_proxy', 'HTTPS_PROXY', 'no_proxy', 'NO_PROXY'] as const;
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * @param proxy the setting: an address, "none", or undefined, and then the environment says it, but not of this machine itself
 * @returns for requests and WebSockets to this server; undefined: straight, as to each server without TLS
 */
export const proxyAgent = (serverUrl: string, proxy: string | undefined, env: Env): Agent | undefined => {
  const { protocol, hostname } = new URL(serverUrl);
  if (protocol !== 'https:' || proxy === 'none') return undefined;
  if (proxy !== undefined) return new Agent({ proxyEnv: { HTTPS_PROXY: proxy } });
  const said = Object.fromEntries(NAMES.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
  const isSaid = 'https_proxy' in said || 'HTTPS_PROXY' in said;
  return isSaid && !LOOPBACK.test(hostname) ? new Agent({ proxyEnv: said }) : undefined;
};

// A channel and a route for tests; with what is other in each.
import type { Channel } from './channel.ts';
import type { Route } from './route.ts';

export const aChannel = (id: string, change: Partial<Channel> = {}): Channel => ({
  id,
  tenant: '',
  name: id,
  isEnabled: true,
  perHour: 3_600,
  settings: { kind: 'webhook', url: 'https://hook.example/secret-path' },
  ...change,
});

export const aRoute = (change: Partial<Route> = {}): Route => ({
  id: 'r_1',
  tenant: '',
  name: 'all',
  severities: ['warning', 'critical'],
  kinds: ['alert'],
  tags: [],
  to: [{ channel: 'ch_1' }],
  quiet: null,
  ...change,
});

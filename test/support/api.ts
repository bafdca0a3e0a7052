// The HTTP API and the feed, as a program with a token uses them.
import { type AlertView, type TicketView, alertView, ticketView } from '@fettle/shared/api/alert.schema';
import { listOf } from '@fettle/shared/api/common.schema';
import { type DeviceView, type LatestView, deviceView, latestView } from '@fettle/shared/api/device.schema';
import { type FeedEvent, feedMessage } from '@fettle/shared/api/feed.schema';
import { WebSocket } from 'ws';

export type Api = ReturnType<typeof apiWith>;

/** By an owner's token. */
export const apiOf = ({ url, token }: { readonly url: string; readonly token: string }): Api =>
  apiWith(url, { authorization: `Bearer ${token}` });

/** As a browser does it: by a login link, with a cookie from then on. */
export const signIn = async (login: string): Promise<Api> => {
  const { origin, hash } = new URL(login);
  const headers = { 'content-type': 'application/json', origin };
  const body = JSON.stringify({ token: hash.slice(1) });
  const answer = await fetch(`${origin}/api/v1/session`, { method: 'POST', headers, body });
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0];
  if (answer.status !== 204 || cookie === undefined) throw new Error(`not signed in: ${await answer.text()}`);
  return apiWith(origin, { cookie, origin });
};

const apiWith = (url: string, headers: Readonly<Record<string, string>>) => {
  const get = async (path: string): Promise<unknown> => {
    const response = await fetch(`${url}/api/v1${path}`, { headers });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  return {
    get,
    alerts: async (query = ''): Promise<readonly AlertView[]> =>
      listOf(alertView).parse(await get(`/alerts?${query}`)).items,
    tickets: async (query = ''): Promise<readonly TicketView[]> =>
      listOf(ticketView).parse(await get(`/tickets?${query}`)).items,
    devices: async (): Promise<readonly DeviceView[]> => listOf(deviceView).parse(await get('/devices')).items,
    latest: async (device: string): Promise<LatestView> => latestView.parse(await get(`/devices/${device}/latest`)),
    /** Everything that the feed tells from now on. */
    follow: async (): Promise<{ readonly events: readonly FeedEvent[]; readonly close: () => void }> => {
      const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/feed`, { headers });
      const events: FeedEvent[] = [];
      const { promise: opened, resolve, reject } = Promise.withResolvers<void>();
      socket.on('error', reject);
      socket.on('message', (data: Buffer) => {
        const message = feedMessage.parse(JSON.parse(data.toString('utf8')));
        if (message.type === 'hello') resolve();
        if (message.type === 'event') events.push(message.event);
      });
      await opened;
      return { events, close: () => socket.close() };
    },
  };
};

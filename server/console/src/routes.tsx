// The addresses of the console. The code of a page is fetched when it is first wanted.
import type { QueryClient } from '@tanstack/react-query';
import {
  type ErrorComponentProps,
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
  useRouter,
} from '@tanstack/react-router';

import { isSignedOut } from './api.ts';
import { MissingPage } from './pages/missing.tsx';
import { Shell } from './parts/shell.tsx';
import { Failure, Waiting } from './parts/states.tsx';
import { meQuery, serverQuery } from './queries.ts';
import { alertSearch, deviceSearch, devicesSearch, parseSearch, stringifySearch, ticketSearch } from './search.ts';

const root = createRootRouteWithContext<{ readonly client: QueryClient }>()({});

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  component: lazyRouteComponent(() => import('./pages/login.tsx'), 'LoginPage'),
});

const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  component: Shell,
  beforeLoad: async ({ context: { client } }) => {
    try {
      await Promise.all([client.ensureQueryData(meQuery), client.ensureQueryData(serverQuery)]);
    } catch (error) {
      if (isSignedOut(error)) throw redirect({ to: '/login' });
      throw error;
    }
  },
});

const loadAlerts = () => import('./pages/alerts.tsx');

const alerts = createRoute({
  getParentRoute: () => shell,
  path: '/',
  component: lazyRouteComponent(loadAlerts, 'AlertsPage'),
  validateSearch: alertSearch,
});

/** As the other pages are called. */
const alertsByName = createRoute({
  getParentRoute: () => root,
  path: '/alerts',
  beforeLoad: () => redirect({ to: '/', throw: true }),
});

const enroll = createRoute({
  getParentRoute: () => shell,
  path: '/enroll',
  component: lazyRouteComponent(() => import('./pages/enroll.tsx'), 'EnrollPage'),
});

const devices = createRoute({
  getParentRoute: () => shell,
  path: '/devices',
  component: lazyRouteComponent(() => import('./pages/devices.tsx'), 'DevicesPage'),
  validateSearch: devicesSearch,
});

const device = createRoute({
  getParentRoute: () => shell,
  path: '/devices/$id',
  component: lazyRouteComponent(() => import('./pages/device.tsx'), 'DevicePage'),
  validateSearch: deviceSearch,
});

const tickets = createRoute({
  getParentRoute: () => shell,
  path: '/tickets',
  component: lazyRouteComponent(() => import('./pages/tickets.tsx'), 'TicketsPage'),
  validateSearch: ticketSearch,
});

const ticket = createRoute({
  getParentRoute: () => shell,
  path: '/tickets/$id',
  component: lazyRouteComponent(() => import('./pages/ticket.tsx'), 'TicketPage'),
});

const rules = createRoute({
  getParentRoute: () => shell,
  path: '/rules',
  component: lazyRouteComponent(() => import('./pages/rules.tsx'), 'RulesPage'),
});

const posture = createRoute({
  getParentRoute: () => shell,
  path: '/posture',
  component: lazyRouteComponent(() => import('./pages/posture.tsx'), 'PosturePage'),
});

const routeTree = root.addChildren([
  login,
  alertsByName,
  shell.addChildren([alerts, devices, enroll, device, tickets, ticket, rules, posture]),
]);

const RouteFailure = ({ error }: ErrorComponentProps) => {
  const router = useRouter();
  return <Failure error={error} onRetry={() => void router.invalidate()} />;
};

/** Starts fetching the code of the home page already while the server is asked who is there. */
export const preloadHome = (): void => void loadAlerts();

export const createConsoleRouter = (client: QueryClient) =>
  createRouter({
    routeTree,
    context: { client },
    parseSearch,
    stringifySearch,
    defaultPreload: 'intent',
    scrollRestoration: true,
    defaultPendingComponent: Waiting,
    defaultPendingMs: 150,
    defaultPendingMinMs: 0,
    defaultErrorComponent: RouteFailure,
    defaultNotFoundComponent: MissingPage,
  });

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}

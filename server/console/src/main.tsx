// Puts the console together.
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { options } from 'preact';
import { createRoot } from 'react-dom/client';

import './app.css';
import { createAnnouncer } from './announce.ts';
import { isSignedOut, isWorthRetrying } from './api.ts';
import { browserClock, openSocket } from './browser.ts';
import { DeckContext } from './deck.ts';
import { createLive } from './live.ts';
import { holdToken } from './login-token.ts';
import { createNotices } from './notices.ts';
import { createConsoleRouter, preloadHome } from './routes.tsx';

// A page that waits renders anew when its promise is done. In microtasks, Preact's default, a promise that is done already
// is asked again and again, and what would end the wait never gets its turn: the tab hangs.
options.debounceRendering = (render) => setTimeout(render);

holdToken();

/** What was fetched belongs to the session that has ended. */
const leave = async (): Promise<void> => {
  await router.navigate({ to: '/login' });
  client.clear();
};

const onError = (error: unknown): void => {
  if (isSignedOut(error)) void leave();
};

const client = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) => failures < 2 && isWorthRetrying(error),
    },
  },
});

const announcer = createAnnouncer(browserClock);
const deck = {
  announcer,
  live: createLive({ client, clock: browserClock, open: openSocket, announcer }),
  notices: createNotices(browserClock),
};
const router = createConsoleRouter(client);
if (location.pathname === '/') preloadHome();

const host = document.querySelector('#app');
if (host !== null) {
  createRoot(host).render(
    <DeckContext value={deck}>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </DeckContext>,
  );
}

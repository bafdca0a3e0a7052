import { useQuery } from '@tanstack/react-query';
import { Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';

import { useDeck } from '../deck.ts';
import { meQuery, serverQuery } from '../queries.ts';
import { HealthBanner } from './health-banner.tsx';
import { KeyHelp } from './key-help.tsx';
import { listenToKeys } from './keyboard.ts';
import { SpokenNews } from './live-pill.tsx';
import { NoticeList } from './notice-list.tsx';
import { TopBar } from './top-bar.tsx';
import { useStore } from './use-store.ts';

/** The feed runs while the shell is shown, from the event on that the server had last when the shell was entered. */
const useFeed = (): void => {
  const { live } = useDeck();
  const { data: server } = useQuery(serverQuery);
  const afterSeq = server?.lastSeq;
  useEffect(() => {
    if (afterSeq !== undefined) live.start(afterSeq);
  }, [live, afterSeq]);
  useEffect(() => {
    globalThis.addEventListener('online', live.retryNow);
    return () => {
      globalThis.removeEventListener('online', live.retryNow);
      live.stop();
    };
  }, [live]);
};

/** Another page: the keyboard and the screen reader begin at its content, not where the last one ended. */
const useFocusOnNewPage = () => {
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const last = useRef(pathname);
  useEffect(() => {
    if (last.current === pathname) return;
    last.current = pathname;
    main.current?.focus({ preventScroll: true });
  }, [pathname]);
  return main;
};

const HurryBanner = () => {
  const { data: server } = useQuery(serverQuery);
  if (server?.hurry !== true) return null;
  return (
    <aside aria-label="Mode" className="border-b border-line bg-caution px-4 py-1 text-center text-warning">
      <strong>Hurry mode</strong>: all durations are divided by 60.
    </aside>
  );
};

export const Shell = () => {
  useFeed();
  useQuery(meQuery);
  const { live } = useDeck();
  const isLost = 'lostAtMs' in useStore(live.state);
  const main = useFocusOnNewPage();
  const help = useRef<HTMLDialogElement>(null);
  const navigate = useNavigate();
  const showHelp = (): void => help.current?.showModal();
  useEffect(() => listenToKeys({ go: (to) => void navigate({ to }), help: showHelp }), [navigate]);
  return (
    <>
      <a href="#content" className="skip-link">
        Skip to content
      </a>
      <TopBar onHelp={showHelp} />
      <HurryBanner />
      <HealthBanner />
      <main
        id="content"
        ref={main}
        tabIndex={-1}
        data-live={isLost ? 'false' : 'true'}
        className="mx-auto max-w-[110rem] p-4 max-sm:px-2"
      >
        <Outlet />
      </main>
      <NoticeList />
      <SpokenNews />
      <KeyHelp dialog={help} />
    </>
  );
};

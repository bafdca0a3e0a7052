import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Keyboard, LogOut } from 'lucide-react';

import { explain, signOut } from '../api.ts';
import { useDeck } from '../deck.ts';
import { meQuery } from '../queries.ts';
import { IconButton } from './button.tsx';
import { LivePill } from './live-pill.tsx';
import { ThemeButton } from './theme-button.tsx';
import { useOpenCritical } from './title.ts';

const NAV =
  'rounded-md px-2.5 py-1.5 text-center font-medium whitespace-nowrap text-muted hover:bg-raised hover:text-ink max-sm:px-1.5';
const activeProps = { className: 'bg-raised text-ink!' } as const;

const CriticalCount = () => {
  const count = useOpenCritical();
  if (count === '0') return null;
  return (
    <span className="ml-1.5 rounded-full bg-critical px-1.5 text-xs font-semibold text-surface">
      {count}
      <span className="sr-only"> open critical</span>
    </span>
  );
};

const MainNav = () => (
  <nav
    aria-label="Main"
    className="order-last flex w-full gap-1 max-sm:-mx-2 max-sm:gap-0 max-sm:overflow-x-auto max-sm:pb-1.5 max-sm:*:grow sm:order-none sm:w-auto"
  >
    <Link to="/" className={NAV} activeOptions={{ exact: true, includeSearch: false }} activeProps={activeProps}>
      Alerts
      <CriticalCount />
    </Link>
    <Link to="/devices" className={NAV} activeOptions={{ includeSearch: false }} activeProps={activeProps}>
      Devices
    </Link>
    <Link to="/tickets" className={NAV} activeOptions={{ includeSearch: false }} activeProps={activeProps}>
      Tickets
    </Link>
    <Link to="/rules" className={NAV} activeProps={activeProps}>
      Rules
    </Link>
    <Link to="/posture" className={NAV} activeProps={activeProps}>
      Posture
    </Link>
  </nav>
);

const SignOutButton = () => {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { notices } = useDeck();
  const leave = async (): Promise<void> => {
    try {
      await signOut();
    } catch (error) {
      notices.failed(`You are still signed in. ${explain(error)}`);
      return;
    }
    await navigate({ to: '/login' });
    client.clear();
  };
  return (
    <IconButton label="Sign out" onClick={() => void leave()}>
      <LogOut size={16} aria-hidden />
    </IconButton>
  );
};

/** Who is signed in, and as what. */
const Self = () => {
  const { data: me } = useQuery(meQuery);
  if (me === undefined) return null;
  const as = me.name === me.role ? me.name : `${me.name}, ${me.role}`;
  return (
    <span
      data-self
      className="foreign max-w-40 truncate px-1 text-xs text-muted max-sm:hidden"
      title={`Signed in as ${as}`}
    >
      {as}
    </span>
  );
};

export const TopBar = ({ onHelp }: { readonly onHelp: () => void }) => (
  <header className="sticky top-0 z-20 border-b border-line bg-surface">
    <div className="mx-auto flex max-w-[110rem] flex-wrap items-center gap-x-4 px-4">
      <Link to="/" className="flex h-12 items-center gap-2 text-base font-semibold">
        <img src="/favicon.svg" alt="" width={22} height={22} />
        Fettle
      </Link>
      <MainNav />
      <div className="ml-auto flex h-12 items-center gap-1">
        <LivePill />
        <span className="w-1" />
        <ThemeButton />
        <span className="max-sm:hidden">
          <IconButton label="Keys" onClick={onHelp}>
            <Keyboard size={16} aria-hidden />
          </IconButton>
        </span>
        <Self />
        <SignOutButton />
      </div>
    </div>
  </header>
);

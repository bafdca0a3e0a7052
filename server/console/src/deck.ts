// What every part of the page can reach without it being handed down.
import { createContext, useContext } from 'react';

import type { Announcer } from './announce.ts';
import type { Live } from './live.ts';
import type { Notices } from './notices.ts';

export type Deck = { readonly live: Live; readonly notices: Notices; readonly announcer: Announcer };

export const DeckContext = createContext<Deck | null>(null);

export const useDeck = (): Deck => {
  const deck = useContext(DeckContext);
  if (deck === null) throw new Error('A part that uses the deck is outside of it.');
  return deck;
};

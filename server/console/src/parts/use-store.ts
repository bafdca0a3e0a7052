import { useSyncExternalStore } from 'react';

import type { Store } from '../store.ts';

/** The value of a store; the part is drawn anew when it changes. */
export const useStore = <T>({ subscribe, get }: Store<T>): T => useSyncExternalStore(subscribe, get);

// What the one who is signed in may do: the server refuses the rest, so it is not offered.
import { useQuery } from '@tanstack/react-query';

import { meQuery } from '../queries.ts';

/** What concerns the server as a whole; false while it is not known. */
export const useIsOwner = (): boolean => useQuery(meQuery).data?.role === 'owner';

/** Viewers read. */
export const useMayChange = (): boolean => useQuery(meQuery).data?.role !== 'viewer';

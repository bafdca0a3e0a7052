// What the one who is signed in may do: the server refuses the rest, so it is not offered.
import { useQuery } from '@tanstack/react-query';

import { meQuery } from '../queries.ts';

/** Viewers read. */
export const useMayChange = (): boolean => useQuery(meQuery).data?.role !== 'viewer';

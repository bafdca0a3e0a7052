// Enrolment tokens: what there is, a new one, and one less. A secret is in the answer to its making and nowhere else.
import type {
  EnrollTokenMade,
  EnrollTokenView,
  NewEnrollToken,
  SiteView,
} from '@fettle/shared/api/enroll-token.schema';
import { SECOND_MS } from '@fettle/shared/time';
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

import { explain, getJson, postJson, remove } from './api.ts';
import { useDeck } from './deck.ts';

type Items<T> = { readonly items: readonly T[] };

export const sitesQuery = queryOptions({
  queryKey: ['sites'],
  queryFn: async ({ signal }) => (await getJson<Items<SiteView>>('/sites', signal)).items,
});

export const enrollTokensQuery = queryOptions({
  queryKey: ['enroll-tokens'],
  queryFn: async ({ signal }) => (await getJson<Items<EnrollTokenView>>('/enroll-tokens', signal)).items,
  refetchInterval: 10 * SECOND_MS,
  staleTime: 0,
});

export const useMakeToken = () => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (asked: NewEnrollToken) => postJson<EnrollTokenMade>('/enroll-tokens', asked),
    onSuccess: () => client.invalidateQueries({ queryKey: enrollTokensQuery.queryKey }),
  });
};

export const useRemoveToken = () => {
  const client = useQueryClient();
  const { notices } = useDeck();
  return useMutation({
    mutationFn: ({ id }: EnrollTokenView) => remove(`/enroll-tokens/${encodeURIComponent(id)}`),
    onSuccess: () => notices.done('The token is taken away. Devices that came by it stay.'),
    onError: (error) => notices.failed(`The token was not taken away. ${explain(error)}`),
    onSettled: () => client.invalidateQueries({ queryKey: enrollTokensQuery.queryKey }),
  });
};

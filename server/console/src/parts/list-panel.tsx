import type { ReactNode } from 'react';

import { Button } from './button.tsx';
import { Panel } from './panel.tsx';
import { Failure, Waiting } from './states.tsx';

type More = {
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  readonly fetchNextPage: () => unknown;
};

type List = More & {
  readonly isPending: boolean;
  readonly isError: boolean;
  readonly isSuccess: boolean;
  readonly error: unknown;
  readonly refetch: () => unknown;
};

type Props = {
  readonly list: List;
  readonly isEmpty: boolean;
  /** In place of the table, where there is nothing to show. */
  readonly empty: ReactNode;
  readonly children: ReactNode;
};

/** What the server lists, page by page: the table, or what stands in its place. */
export const ListPanel = ({ list, isEmpty, empty, children }: Props) => (
  <Panel>
    {list.isPending ? <Waiting /> : null}
    {list.isError ? <Failure error={list.error} onRetry={() => void list.refetch()} /> : null}
    {list.isSuccess && isEmpty ? empty : null}
    {isEmpty ? null : children}
    <LoadMore {...list} />
  </Panel>
);

const LoadMore = ({ hasNextPage, isFetchingNextPage, fetchNextPage }: More) =>
  hasNextPage ? (
    <div className="flex justify-center border-t border-line p-2">
      <Button disabled={isFetchingNextPage} onClick={() => fetchNextPage()}>
        {isFetchingNextPage ? 'Loading…' : 'Load more'}
      </Button>
    </div>
  ) : null;

import { Button } from './button.tsx';

type Props = {
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  readonly fetchNextPage: () => unknown;
};

export const LoadMore = ({ hasNextPage, isFetchingNextPage, fetchNextPage }: Props) =>
  hasNextPage ? (
    <div className="flex justify-center border-t border-line p-2">
      <Button disabled={isFetchingNextPage} onClick={() => fetchNextPage()}>
        {isFetchingNextPage ? 'Loading…' : 'Load more'}
      </Button>
    </div>
  ) : null;

// The tokens that there are, without their secrets.
import type { EnrollTokenView } from '@fettle/shared/api/enroll-token.schema';
import { useQuery } from '@tanstack/react-query';

import { explain } from '../api.ts';
import { enrollTokensQuery, useRemoveToken } from '../enroll-calls.ts';
import { formatUntil } from '../format.ts';
import { Refused } from './act-form.tsx';
import { useEachSecond } from './ago.tsx';
import { Button } from './button.tsx';
import { Panel } from './panel.tsx';

const stateOf = ({ expiresAt, uses, maxUses }: EnrollTokenView, nowMs: number): string => {
  const expiresMs = Date.parse(expiresAt);
  if (expiresMs <= nowMs) return 'expired';
  return uses >= maxUses ? 'used up' : `good until ${formatUntil(expiresMs, nowMs)}`;
};

const Token = ({ token }: { readonly token: EnrollTokenView }) => {
  const call = useRemoveToken();
  const state = useEachSecond((nowMs) => stateOf(token, nowMs));
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 px-3 py-1.5">
      <span className="foreign min-w-40 font-medium">{token.site}</span>
      <span className="text-muted">
        {token.uses} of {token.maxUses} devices, {state}
      </span>
      <span className="grow" />
      <Button isSmall disabled={call.isPending} onClick={() => call.mutate(token)}>
        Take away
      </Button>
    </li>
  );
};

export const TokenList = () => {
  const tokens = useQuery(enrollTokensQuery);
  if (tokens.isError) return <Refused>{explain(tokens.error)}</Refused>;
  if (tokens.data === undefined || tokens.data.length === 0) return null;
  return (
    <Panel title="Tokens">
      <ul className="max-h-96 divide-y divide-line overflow-y-auto">
        {tokens.data.map((token) => (
          <Token key={token.id} token={token} />
        ))}
      </ul>
    </Panel>
  );
};

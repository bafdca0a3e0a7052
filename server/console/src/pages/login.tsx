import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';

import { explain, isRefused, signIn } from '../api.ts';
import { holdToken, releaseToken } from '../login-token.ts';
import { Button } from '../parts/button.tsx';

type Attempt =
  | { readonly kind: 'none' }
  | { readonly kind: 'under way' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'failed'; readonly text: string; readonly token: string };

const useSignIn = () => {
  const [attempt, setAttempt] = useState<Attempt>({ kind: 'none' });
  const client = useQueryClient();
  const navigate = useNavigate();
  const present = async (token: string): Promise<void> => {
    setAttempt({ kind: 'under way' });
    try {
      await signIn(token);
    } catch (error) {
      setAttempt(isRefused(error) ? { kind: 'refused' } : { kind: 'failed', text: explain(error), token });
      return;
    }
    client.clear();
    await navigate({ to: '/' });
  };
  return { attempt, present };
};

/** A link that is opened while this page is shown changes only the part after "#". */
const useToken = (present: (token: string) => Promise<void>): void => {
  useEffect(() => {
    const take = (): void => {
      holdToken();
      const token = releaseToken();
      if (token !== null) void present(token);
    };
    take();
    globalThis.addEventListener('hashchange', take);
    return () => globalThis.removeEventListener('hashchange', take);
  }, []); // each `present` does the same, so the first will do
};

const HowTo = ({ reason }: { readonly reason: string }) => (
  <>
    <p>{reason} Get a new link on the server with</p>
    <pre className="my-3 overflow-x-auto rounded-md bg-raised px-3 py-2 font-mono text-xs select-all">
      npm run login-link
    </pre>
    <p>
      or, where Fettle is installed, <code className="font-mono text-xs">fettle-server login-link</code>, and open it in
      this browser. One for a user: <code className="font-mono text-xs">fettle-server login-link --user NAME</code>.
    </p>
  </>
);

export const LoginPage = () => {
  const { attempt, present } = useSignIn();
  useToken(present);
  useEffect(() => {
    document.title = 'Sign in · Fettle';
  }, []);
  return (
    <main className="flex min-h-dvh items-center justify-center p-4">
      <div className="w-104 max-w-full rounded-lg border border-line bg-surface p-6 text-base">
        <h1 className="mb-3 flex items-center gap-2.5 text-lg font-semibold">
          <img src="/favicon.svg" alt="" width={26} height={26} />
          Sign in to Fettle
        </h1>
        <div aria-live="polite">
          {attempt.kind === 'none' ? <HowTo reason="You sign in with a link, which works once." /> : null}
          {attempt.kind === 'under way' ? <p>Signing in…</p> : null}
          {attempt.kind === 'refused' ? <HowTo reason="This link was used before, or is too old." /> : null}
          {attempt.kind === 'failed' ? (
            <>
              <p className="mb-3">{attempt.text}</p>
              <Button onClick={() => void present(attempt.token)}>Try again</Button>
            </>
          ) : null}
        </div>
      </div>
    </main>
  );
};

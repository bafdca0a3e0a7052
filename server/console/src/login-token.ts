// The token of a login link (`/login#fl_…`), from the address bar to the login page.

let held: string | null = null;

/** Takes a token out of the address bar and of the history. */
export const holdToken = (): void => {
  const token = location.hash.slice(1);
  if (!token.startsWith('fl_')) return;
  held = token;
  history.replaceState(null, '', location.pathname);
};

/** The token that was held, once. */
export const releaseToken = (): string | null => {
  const token = held;
  held = null;
  return token;
};

// Which key does what. Pure: the page asks, and does what it is told.

export const keyHelp = [
  ['g then a, d, t, r, p', 'Go to alerts, devices, tickets, rules, posture'],
  ['/', 'Filter the list'],
  ['j, k', 'Next row, previous row'],
  ['Enter', 'Open the row'],
  ['x', 'Select the alert of the row'],
  ['a, s', 'Acknowledge, snooze: what is selected, else the row'],
  ['w', 'Why is it here? The alert of the row'],
  ['Esc', 'Leave the filter, close this'],
  ['?', 'Show this'],
] as const;

export type Destination = '/' | '/devices' | '/tickets' | '/rules' | '/posture';

export type KeyAction =
  | { readonly kind: 'go'; readonly to: Destination }
  | { readonly kind: 'move'; readonly by: 1 | -1 }
  | { readonly kind: 'filter' | 'help' }
  /** Presses the button of that name. */
  | { readonly kind: 'press'; readonly mark: 'ack' | 'snooze' | 'select' | 'why' };

const destinations: ReadonlyMap<string, Destination> = new Map([
  ['a', '/'],
  ['d', '/devices'],
  ['t', '/tickets'],
  ['r', '/rules'],
  ['p', '/posture'],
]);

const singles: ReadonlyMap<string, KeyAction> = new Map<string, KeyAction>([
  ['/', { kind: 'filter' }],
  ['?', { kind: 'help' }],
  ['a', { kind: 'press', mark: 'ack' }],
  ['s', { kind: 'press', mark: 'snooze' }],
  ['x', { kind: 'press', mark: 'select' }],
  ['w', { kind: 'press', mark: 'why' }],
  ['j', { kind: 'move', by: 1 }],
  ['k', { kind: 'move', by: -1 }],
]);

export type KeyState = {
  /** When "g" was pressed, or null when the next key stands alone. */
  readonly goSinceMs: number | null;
};

const GO_WITHIN_MS = 1_500;

/** What a key means after the keys before it. */
export const pressKey = (
  { goSinceMs }: KeyState,
  key: string,
  nowMs: number,
): { readonly state: KeyState; readonly action: KeyAction | null } => {
  const to = goSinceMs !== null && nowMs - goSinceMs <= GO_WITHIN_MS ? destinations.get(key) : undefined;
  if (to !== undefined) return { state: { goSinceMs: null }, action: { kind: 'go', to } };
  if (key === 'g') return { state: { goSinceMs: nowMs }, action: null };
  return { state: { goSinceMs: null }, action: singles.get(key) ?? null };
};

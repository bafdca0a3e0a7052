// The keys of the page: keys.ts says what a key means, this does it. Rows are found by their marks in the page:
// data-row on the link that opens a row, data-ack, data-snooze, data-select and data-why on what else it has, data-filter on the filter,
// data-bulk around what acts on all selected rows.
import { type Destination, type KeyAction, type KeyState, pressKey } from '../keys.ts';

const KEY = 'fettle.keys';
export const areKeysOn = (): boolean => localStorage.getItem(KEY) !== 'off';
export const turnKeys = (on: boolean): void => (on ? localStorage.removeItem(KEY) : localStorage.setItem(KEY, 'off'));

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches('input:not([type=checkbox]), textarea, select'));

const isForUs = (event: KeyboardEvent): boolean =>
  areKeysOn() &&
  !event.ctrlKey &&
  !event.metaKey &&
  !event.altKey &&
  !event.repeat &&
  !isTyping(event.target) &&
  document.querySelector('dialog[open]') === null;

const move = (by: 1 | -1): void => {
  const links = [...document.querySelectorAll<HTMLElement>('main [data-row]')];
  const row = document.activeElement?.closest('tr, li');
  const at = links.findIndex((link) => row?.contains(link) === true);
  const link = at === -1 ? links[0] : links[at + by];
  link?.focus();
  link?.scrollIntoView({ block: 'nearest' });
};

/** What is selected goes before the row that has the focus; selecting is of the row alone. */
const press = (mark: string): void => {
  const bulk = document.querySelector<HTMLElement>(`[data-bulk] [data-${mark}]`);
  const row = document.activeElement?.closest('tr')?.querySelector<HTMLElement>(`[data-${mark}]`);
  (bulk ?? row)?.click();
};

export type KeyTargets = { readonly go: (to: Destination) => void; readonly help: () => void };

const act = (action: KeyAction, { go, help }: KeyTargets): void => {
  if (action.kind === 'go') go(action.to);
  else if (action.kind === 'move') move(action.by);
  else if (action.kind === 'press') press(action.mark);
  else if (action.kind === 'help') help();
  else document.querySelector<HTMLElement>('[data-filter]')?.focus();
};

/** Listens until the returned function is called. */
export const listenToKeys = (targets: KeyTargets): (() => void) => {
  let state: KeyState = { goSinceMs: null };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Shift' || !isForUs(event)) return;
    const pressed = pressKey(state, event.key, event.timeStamp);
    state = pressed.state;
    if (pressed.action === null) return;
    event.preventDefault();
    act(pressed.action, targets);
  };
  document.addEventListener('keydown', onKeyDown);
  return () => document.removeEventListener('keydown', onKeyDown);
};

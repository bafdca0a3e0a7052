// The reader's choice of theme. public/theme.js applies it before the first paint; this changes it.
import { createStore } from './store.ts';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const KEY = 'fettle.theme';
const stored = (): Theme => themes.find((theme) => theme === localStorage.getItem(KEY)) ?? 'system';

export const theme = createStore<Theme>(stored());

export const chooseTheme = (chosen: Theme): void => {
  if (chosen === 'system') {
    localStorage.removeItem(KEY);
    delete document.documentElement.dataset['theme'];
  } else {
    localStorage.setItem(KEY, chosen);
    document.documentElement.dataset['theme'] = chosen;
  }
  theme.set(chosen);
};

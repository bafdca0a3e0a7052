// The theme's colours as a canvas needs them: worked out, without variables.
import { theme } from '../theme.ts';
import type { Colours } from './plot-options.ts';

const SERIES = [1, 2, 3, 4, 5, 6];

export const coloursOf = (host: HTMLElement): Colours => {
  const probe = document.createElement('i');
  host.append(probe);
  const colour = (name: string): string => {
    probe.style.color = `var(--color-${name})`;
    return getComputedStyle(probe).color;
  };
  const colours = {
    series: SERIES.map((number) => colour(`series-${number}`)),
    grid: colour('line'),
    text: colour('muted'),
    severity: { warning: colour('warning'), critical: colour('critical') },
  };
  probe.remove();
  return colours;
};

/** Calls `run` when the reader or the system changes the theme, until the returned function is called. */
export const onThemeChange = (run: () => void): (() => void) => {
  const system = matchMedia('(prefers-color-scheme: dark)');
  system.addEventListener('change', run);
  const unsubscribe = theme.subscribe(run);
  return () => {
    system.removeEventListener('change', run);
    unsubscribe();
  };
};

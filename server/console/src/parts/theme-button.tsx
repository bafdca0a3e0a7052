import { Moon, Sun, SunMoon } from 'lucide-react';

import { chooseTheme, theme, themes } from '../theme.ts';
import { IconButton } from './button.tsx';
import { useStore } from './use-store.ts';

const icons = { system: SunMoon, light: Sun, dark: Moon } as const;

export const ThemeButton = () => {
  const chosen = useStore(theme);
  const next = themes[(themes.indexOf(chosen) + 1) % themes.length] ?? 'system';
  const Icon = icons[chosen];
  return (
    <IconButton label={`Theme: ${chosen}. Change to ${next}`} onClick={() => chooseTheme(next)}>
      <Icon size={16} aria-hidden />
    </IconButton>
  );
};

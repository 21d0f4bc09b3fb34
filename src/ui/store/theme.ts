/** Dark or light: the system's choice until the user makes one, which is then remembered. */
import type { Theme } from '../look/palette.ts';
import { readSetting, writeSetting } from './panels.ts';
import { useWorld } from './world.ts';

const setting = 'swarmscope.theme';

/** Takes over what the script in `index.html` has set and follows the system while the user has not chosen. */
export function startTheme(): void {
  const apply = (theme: Theme) => {
    document.documentElement.dataset.theme = theme;
    if (useWorld.getState().theme !== theme) useWorld.getState().setTheme(theme);
  };
  const system = matchMedia('(prefers-color-scheme: light)');
  const wanted = (): Theme => {
    const saved = readSetting(setting);
    if (saved === 'light' || saved === 'dark') return saved;
    return system.matches ? 'light' : 'dark';
  };
  apply(wanted());
  system.addEventListener('change', () => apply(wanted()));
  useWorld.subscribe((state, before) => {
    if (state.theme !== before.theme) document.documentElement.dataset.theme = state.theme;
  });
}

/** The user's choice. */
export function chooseTheme(theme: Theme): void {
  writeSetting(setting, theme);
  useWorld.getState().setTheme(theme);
}

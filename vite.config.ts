/** Builds the page into a static folder that works from any path of any web server; also how the unit tests are run. */
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const underTest = process.env.VITEST !== undefined;

export default defineConfig({
  base: './',
  plugins: underTest ? [] : [react(), tailwindcss()],
  worker: { format: 'es' },
  build: {
    target: 'es2023',
    // Fonts stay files: inlined they would block the first paint.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  test: {
    include: ['src/**/*.test.{ts,tsx}'],
    css: { include: [/tokens\.css/] },
  },
});

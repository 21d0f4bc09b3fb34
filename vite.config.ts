/** Builds the page into a static folder that works from any path of any web server; also how the unit tests are run. */
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const underTest = process.env.VITEST !== undefined;

/** `boot.ts` imports the page when it has started the worker; this lets the browser fetch it at the same time as `boot.ts`. */
const preloadPage: Plugin = {
  name: 'preload-page',
  transformIndexHtml: {
    order: 'post',
    handler(_html, { bundle }) {
      const chunks = Object.values(bundle ?? {}).filter((file) => file.type === 'chunk');
      const page = chunks.find((chunk) => chunk.facadeModuleId?.endsWith('/src/ui/main.tsx'));
      return [page?.fileName, ...(page?.imports ?? [])]
        .filter((name) => name !== undefined)
        .map((name) => ({
          tag: 'link',
          attrs: { rel: 'modulepreload', crossorigin: true, href: `./${name}` },
          injectTo: 'head',
        }));
    },
  },
};

export default defineConfig({
  base: './',
  plugins: underTest ? [] : [react(), tailwindcss(), preloadPage],
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

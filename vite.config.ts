/** Builds the page into a static folder that works from any path of any web server; also how the unit tests are run. */
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const underTest = process.env.VITEST !== undefined;

/**
 * `boot.ts`, which starts the worker, becomes a script of its own before the page's: it need not wait until that is fetched and read.
 * The page imports it as a module, and gets the one that has run.
 */
const bootFirst: Plugin = {
  name: 'boot-first',
  transformIndexHtml: {
    order: 'post',
    handler(html, { bundle }) {
      const boot = Object.values(bundle ?? {}).find((file) => file.type === 'chunk' && file.name === 'boot');
      if (!boot) return html;
      const script = `<script type="module" crossorigin src="./${boot.fileName}"></script>`;
      return html.replace('<script type="module"', `${script}\n    <script type="module"`);
    },
  },
};

export default defineConfig({
  base: './',
  plugins: underTest ? [] : [react(), tailwindcss(), bootFirst],
  worker: { format: 'es' },
  build: {
    target: 'es2023',
    // Fonts stay files: inlined they would block the first paint.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: { index: 'index.html', boot: 'src/ui/boot.ts' } },
  },
  test: {
    include: ['src/**/*.test.{ts,tsx}'],
    css: { include: [/tokens\.css/] },
  },
});

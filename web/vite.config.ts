// The page's build: one folder of hashed files that the REST thread serves.
import preact from '@preact/preset-vite';
import { defineConfig, type Plugin } from 'vite';

/** What is loaded later is small, alone and has no style sheet: Vite's helper for preloading would be dead weight. */
const plainDynamicImports: Plugin = {
  name: 'plain-dynamic-imports',
  enforce: 'pre',
  load(id) {
    if (!id.includes('vite/preload-helper')) return null;
    return 'export const __vitePreload = (load) => load();';
  },
};

/** What every reader gets is one file, which packs better than several. */
function isForAll(id: string): boolean {
  return !/google|dialog-bodies|configuration|menu-items|picture|live-worker|live-hub|live-client|main\.tsx/.test(
    id,
  );
}

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [plainDynamicImports, preact()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: false,
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'page', test: isForAll }] } } },
  },
});

// The page's build: one folder of hashed files that the REST thread serves.
import preact from '@preact/preset-vite';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [preact()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // What is loaded later is small, and alone.
    modulePreload: false,
  },
});

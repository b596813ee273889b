import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/**
 * Builds the console. From the repository's root:
 *
 *     npx vite build console
 *
 * writes `.local/console-dist/`. The site takes its configuration at run time from `/config.json`, which whoever
 * deploys puts beside `index.html`; see `src/config.ts` for its shape.
 */
export default defineConfig({
  plugins: [react()],
  build: {
    outDir: '../.local/console-dist',
    emptyOutDir: true,
    sourcemap: false,
    target: 'es2023',
    // Cloudscape in one piece is larger than the default threshold; the first load is measured by a test instead.
    chunkSizeWarningLimit: 1600,
    reportCompressedSize: false,
  },
});

import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// The port that `npm run dev` gives the server, too.
const server = `http://127.0.0.1:${process.env.PORT ?? 3000}`;

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  // Workspace packages are taken from their source, so that neither `dev` nor `build` needs them built first.
  resolve: { conditions: ['source', 'module', 'browser', 'development|production'] },
  server: {
    proxy: {
      // The page's own host stays, as the server takes no other port of this machine for its own.
      '/api': { target: server, changeOrigin: false },
      '/webhooks': { target: server, changeOrigin: false },
      '/healthz': { target: server, changeOrigin: false },
      '/readyz': { target: server, changeOrigin: false },
      '/live': { target: server, changeOrigin: false, ws: true },
    },
  },
  build: {
    emptyOutDir: true,
    target: 'es2022',
    // The first that know `light-dark()`.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    chunkSizeWarningLimit: 1100,
  },
});

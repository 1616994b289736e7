// Builds the page and serves it on a free port, as `vite dev` would do.

import { createServer } from 'node:http';
import { build } from 'esbuild';

// The app and the tenant are both on http://localhost, so that the browser lets a frame
// sign in silently.
export async function start(more) {
  const settings = { ...Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('VITE_'))), ...more };
  const { outputFiles: [script] } = await build({
    entryPoints: [new URL('app.jsx', import.meta.url).pathname],
    bundle: true, format: 'esm', jsx: 'automatic', write: false,
    define: { 'import.meta.env': JSON.stringify(settings) },
  });
  const app = createServer((request, response) => {
    if (request.url === '/app.js') response.writeHead(200, { 'content-type': 'text/javascript' }).end(script.text);
    else response.writeHead(200, { 'content-type': 'text/html' }).end('<!DOCTYPE html><main></main><script type="module" src="/app.js"></script>');
  });
  await new Promise((ready) => app.listen(0, 'localhost', ready));
  return { url: `http://localhost:${app.address().port}/`, stop: () => app.close().closeAllConnections() };
}

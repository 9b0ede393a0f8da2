// Bundles the tracker into one classic script, packs it as it is served, and refuses to let it grow
// past its budget.
import { minify } from '@swc/core';
import { build } from 'esbuild';
import { mkdir, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const GZIP_BYTES_MAX = 5 * 1024;

const { outputFiles } = await build({
  entryPoints: ['src/index.ts'],
  bundle: true,
  format: 'iife',
  // Else it says "use strict", which nothing here needs.
  tsconfigRaw: {},
  // Names that begin with $ are ours alone; everything else is a public or a browser name.
  mangleProps: /^\$/,
  target: 'es2020',
  write: false,
});
const { code: script } = await minify(outputFiles[0].text, {
  ecma: 2020,
  module: false,
  compress: { ecma: 2020, passes: 6, unsafe: true, unsafe_arrows: true },
  mangle: { toplevel: true },
});

// Loaded last: it takes every error of the process for its own.
const { default: zopfli } = await import('@gfx/zopfli');
const packed = await promisify(zopfli.gzip)(Buffer.from(script), { numiterations: 1000 });

await mkdir('dist', { recursive: true });
await writeFile('dist/matomo.js', script);
await writeFile('dist/matomo.js.gz', packed);

const size = packed.length;
console.log(`dist/matomo.js ${script.length} bytes, ${size} gzip (budget ${GZIP_BYTES_MAX})`);
if (size > GZIP_BYTES_MAX) {
  console.error(`the tracker is ${size - GZIP_BYTES_MAX} bytes over its budget`);
  process.exitCode = 1;
}

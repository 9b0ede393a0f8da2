// Bundles the tracker into one classic script and refuses to let it grow past its budget.
import { build } from 'esbuild';
import { minify } from 'terser';
import { mkdir, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';

const GZIP_BYTES_MAX = 5 * 1024;
const BANNER = '/*! Nagare, Apache-2.0 */\n';

const { outputFiles } = await build({
  entryPoints: ['src/index.ts'],
  bundle: true,
  format: 'iife',
  minifySyntax: true,
  target: 'es2020',
  write: false,
});
const { code } = await minify(outputFiles[0].text, {
  ecma: 2020,
  module: true,
  compress: { passes: 3, unsafe: true, unsafe_arrows: true, pure_getters: true, hoist_funs: true },
  // Names that begin with $ are ours alone; everything else is a public or a browser name.
  mangle: { properties: { regex: /^\$/ } },
});

await mkdir('dist', { recursive: true });
await writeFile('dist/matomo.js', BANNER + code);

const size = gzipSync(BANNER + code, { level: 9 }).length;
console.log(`dist/matomo.js ${code.length} bytes, ${size} gzip (budget ${GZIP_BYTES_MAX})`);
if (size > GZIP_BYTES_MAX) {
  console.error(`the tracker is ${size - GZIP_BYTES_MAX} bytes over its budget`);
  process.exit(1);
}

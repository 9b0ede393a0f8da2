// Adds up what a browser must fetch before the first page shows, and refuses to let it grow.
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';

const GZIP_BYTES_MAX = 250 * 1024;

const manifest = JSON.parse(await readFile('dist/assets/manifest.json', 'utf8'));
const files = new Set(['index.html']);
(function add(chunk) {
  if (files.has(chunk.file)) return;
  files.add(chunk.file);
  for (const css of chunk.css ?? []) files.add(css);
  for (const name of chunk.imports ?? []) add(manifest[name]);
})(manifest['index.html']);

let total = 0;
for (const file of files) total += gzipSync(await readFile(`dist/${file}`)).length;

console.log(`first load: ${files.size} files, ${total} bytes gzip (budget ${GZIP_BYTES_MAX})`);
if (total > GZIP_BYTES_MAX) {
  console.error(`the first load is ${total - GZIP_BYTES_MAX} bytes over its budget`);
  process.exit(1);
}

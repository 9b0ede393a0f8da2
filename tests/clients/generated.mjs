// A client of /api/v1 that npm's `@hey-api/openapi-ts` generates from the server's own document: it must pass the
// compiler, and what it answers must be what was tracked.

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const {
  NAGARE_URL: baseUrl,
  NAGARE_SITE: site,
  NAGARE_TOKEN: token,
  NAGARE_CLIENT_MODULES: modules,
} = process.env;
const require = createRequire(join(modules, 'x.js'));
const { createClient } = await import(join(modules, '@hey-api/openapi-ts/dist/index.mjs'));
const ts = require('typescript');

const folder = await mkdtemp(join(tmpdir(), 'nagare-client-'));
try {
  const document = await (await fetch(`${baseUrl}/api/v1/openapi.json`)).json();
  const client = join(folder, 'client');
  await createClient({
    input: document,
    output: { path: client },
    logs: { level: 'silent', file: false },
  });

  const options = {
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    module: ts.ModuleKind.CommonJS,
    moduleResolution: ts.ModuleResolutionKind.Node10,
    outDir: join(folder, 'compiled'),
    strict: true,
    target: ts.ScriptTarget.ES2023,
    types: [],
  };
  const program = ts.createProgram(
    [join(client, 'index.ts'), join(client, 'client.gen.ts')],
    options,
  );
  const told = [...ts.getPreEmitDiagnostics(program), ...program.emit().diagnostics];
  assert.deepEqual(
    told.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
    [],
  );
  await writeFile(join(folder, 'package.json'), '{"type": "commonjs"}');

  const api = require(join(folder, 'compiled/index.js'));
  const { client: connection } = require(join(folder, 'compiled/client.gen.js'));
  connection.setConfig({ baseUrl, auth: token });

  const sites = await api.listSites();
  assert.ok(
    sites.data.some(({ id }) => String(id) === site),
    JSON.stringify(sites.data),
  );
  const report = await api.getReport({
    path: { site: Number(site) },
    query: { from: 'today', to: 'today', metrics: 'visits,actions', dimensions: 'country' },
  });
  assert.equal(report.error, undefined, JSON.stringify(report.error));
  assert.deepEqual(
    report.data.rows.map(({ visits, actions }) => [visits, actions]),
    [[1, 3]],
  );
  const visits = await api.listVisits({ path: { site: Number(site) } });
  assert.equal(visits.data.visits.length, 1, JSON.stringify(visits));

  connection.setConfig({ baseUrl, auth: 'f'.repeat(32) });
  const refused = await api.getSite({ path: { site: Number(site) } });
  assert.equal(refused.response.status, 401);
  assert.equal(refused.error.status, 401, JSON.stringify(refused.error));
} finally {
  await rm(folder, { recursive: true });
}

// Debian's Chromium by playwright-core, for the clients that run in a page.
import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { env } from 'node:process';

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** A browser; whoever launches it closes it. */
export function launch() {
  const { chromium } = createRequire(join(env.NAGARE_BROWSER_MODULES, 'x.js'))('playwright-core');
  const executablePath = env.PATH.split(delimiter)
    .flatMap((folder) => BROWSERS.map((name) => join(folder, name)))
    .find((path) => existsSync(path));
  if (!executablePath) throw new Error('no Chromium on PATH: run `make setup`');
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

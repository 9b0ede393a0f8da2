// Parts of a tour: each has pages of its own, and fails on anything that a page must not do.
import { env } from 'node:process';
import { check, enter, openPage } from './dashboard.mjs';

export function newTour(browser) {
  const missing = new Set();

  /** Uses a page of someone who has signed in; notes which methods the server does not have. */
  async function withPage(screen, use) {
    const { page, context, faults, missing: unknown } = await openPage(browser, screen);
    await enter(page);
    await use(page);
    unknown.forEach((method) => missing.add(method));
    check(faults.length === 0, faults.join('\n'));
    await context.close();
  }

  /** Runs a scenario, unless others are named. */
  async function scenario(name, run) {
    if (!name.includes(env.NAGARE_SCENARIO ?? '')) return;
    const begun = Date.now();
    try {
      await run({ browser, withPage, missing });
      console.log(`ok: ${name} (${Math.round((Date.now() - begun) / 1000)} s)`);
    } catch (error) {
      throw new Error(`${name}: ${error.message}`, { cause: error });
    }
  }

  return { withPage, scenario, missing };
}

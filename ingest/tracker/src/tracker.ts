import { consent, cookieConsent } from './consent';
import { content } from './content';
import { newCore } from './core';
import { heartbeat } from './heartbeat';
import { links } from './links';
import { pages } from './pages';
import { settings } from './settings';
import { shop } from './shop';
import { connect } from './transport';

/** A tracker: one site at one server. */
export function newTracker(url?: string, site?: string | number) {
  const core = newCore(url, site);
  connect(core);
  return {
    ...settings(core),
    ...heartbeat(core),
    ...pages(core),
    ...shop(core),
    ...links(core),
    ...content(core),
    ...cookieConsent(core),
    ...consent(core),
  };
}

export type Tracker = ReturnType<typeof newTracker>;

import { consent, cookieConsent } from './consent';
import { newCore } from './core';
import { heartbeat } from './heartbeat';
import { links } from './links';
import { pages } from './pages';
import { settings } from './settings';
import { shop } from './shop';
import { connect } from './transport';

/** A tracker: one site at one server. */
export function newTracker(url = '', site: string | number = '') {
  const core = newCore();
  core.TrackerUrl = url;
  core.SiteId = site;
  connect(core);
  return {
    ...settings(core),
    ...pages(core),
    ...links(core),
    ...shop(core),
    ...consent(core),
    ...cookieConsent(core),
    ...heartbeat(core),
  };
}

export type Tracker = ReturnType<typeof newTracker>;

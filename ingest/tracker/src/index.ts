import { type Command, newQueue, ordered } from './queue';

type Queue = ReturnType<typeof newQueue>;

declare global {
  interface Window {
    _paq?: Command[] | Queue;
    Matomo?: Queue;
    Piwik?: Queue;
  }
}

function start(): void {
  const script = document.currentScript as HTMLScriptElement | null;
  const queued = (window._paq || []) as Command[];
  // <script src=".../nagare.js" data-site="1"> needs no inline script at all.
  const site = script?.dataset.site;
  const queue = newQueue(script?.src.replace(/[^/]*$/, 'matomo.php'), site);
  window._paq = window.Matomo = window.Piwik = queue;
  queue.push(...ordered(queued));
  if (site) queue.push(['trackPageView'], ['enableLinkTracking']);
}

if (!window.Matomo) start();

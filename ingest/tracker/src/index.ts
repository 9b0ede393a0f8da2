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
  const queued = window._paq;
  const queue = newQueue(script ? script.src.replace(/[^/]*$/, 'matomo.php') : '');
  window._paq = window.Matomo = window.Piwik = queue;

  // <script src=".../nagare.js" data-site="1"> needs no inline script at all.
  const site = script && script.dataset.site;
  if (site) queue.push(['setSiteId', site]);
  if (Array.isArray(queued)) queue.push(...ordered(queued));
  if (site) queue.push(['trackPageView'], ['enableLinkTracking']);
}

if (!window.Matomo) start();

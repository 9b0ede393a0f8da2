/** One line that needs no inline script, so it works under a strict policy too. */
export const trackingCode = (origin: string, site: number): string =>
  `<script async src="${origin}/nagare.js" data-site="${site}"></script>`;

/** The same in the form that pages measured by Matomo already have. */
export const matomoCode = (origin: string, site: number): string =>
  `<script>
  var _paq = window._paq = window._paq || [];
  _paq.push(['trackPageView']);
  _paq.push(['enableLinkTracking']);
  _paq.push(['setTrackerUrl', '${origin}/matomo.php']);
  _paq.push(['setSiteId', '${site}']);
</script>
<script async src="${origin}/matomo.js"></script>`;

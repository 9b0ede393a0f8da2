// What a site's own script does: queue commands, whether or not the tracker has loaded.
const site = new URLSearchParams(location.search).get('site') || '1';
const queue = (window._paq = window._paq || []);
queue.push(['setTrackerUrl', '/matomo.php'], ['setSiteId', site]);
queue.push(['trackPageView'], ['enableLinkTracking']);

document.addEventListener('click', (event) => {
  const { page, event: name } = event.target.dataset || {};
  if (page) {
    queue.push(['setCustomUrl', `${location.origin}/${page}`], ['setDocumentTitle', page], ['trackPageView']);
  } else if (name) {
    queue.push(['trackEvent', 'Demo', 'click', name]);
  } else {
    return;
  }
  document.getElementById('sent').textContent = `Sent: ${page || name}`;
});

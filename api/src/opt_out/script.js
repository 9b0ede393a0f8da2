// Shows in <div id="matomo-opt-out"> whether the visitor is measured on this site, and lets them choose.
// First-party only: nothing is sent anywhere, the tracker just stops.
(function () {
  'use strict';

  var REMOVED = 'mtm_consent_removed';
  var GIVEN = 'mtm_consent';
  var YEARS_30 = 30 * 365 * 24 * 3600;
  var TRACKER_WITHIN_MS = 10000;
  var script = document.currentScript;
  var asked = script && new URL(script.src).searchParams.get('divId');
  var id = asked || 'matomo-opt-out';
  var tracker = null;

  function write(name, seconds) {
    var secure = location.protocol === 'https:' ? '; Secure' : '';
    document.cookie = name + '=' + Date.now() + '; Path=/; Max-Age=' + seconds + '; SameSite=Lax' + secure;
  }

  function isOut() {
    return tracker ? tracker.isUserOptedOut() : document.cookie.indexOf(REMOVED + '=') >= 0;
  }

  function choose(out) {
    if (tracker) {
      if (out) tracker.optUserOut();
      else tracker.forgetUserOptOut();
    } else {
      write(REMOVED, out ? YEARS_30 : 0);
      write(GIVEN, out ? 0 : YEARS_30);
    }
    show();
  }

  function show() {
    var place = document.getElementById(id);
    if (!place) return;
    var label = document.createElement('label');
    var box = document.createElement('input');
    box.type = 'checkbox';
    box.checked = !isOut();
    box.addEventListener('change', function () {
      choose(!box.checked);
    });
    label.append(box, box.checked ? ' You are measured on this site. Untick to refuse.' : ' You are not measured on this site.');
    place.replaceChildren(label);
  }

  var commands = (window._paq = window._paq || []);
  var late = setTimeout(show, TRACKER_WITHIN_MS);
  commands.push([
    function () {
      clearTimeout(late);
      tracker = this;
      show();
    },
  ]);
})();

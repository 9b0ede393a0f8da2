"""What a Python program reads with PyPI's `matomopy`: reports one by one, in bulk, by pages, as text, and errors."""

import os

from matomopy import MatomoClient
from matomopy.exceptions import MatomoAPIError, MatomoHTTPError

url, site, token = (os.environ[name] for name in ("NAGARE_URL", "NAGARE_SITE", "NAGARE_TOKEN"))
today = {"period": "day", "date": "today"}

for auth_method in ("post", "bearer"):
    client = MatomoClient(url, token, default_id_site=site, auth_method=auth_method, max_retries=0)
    assert client.get_matomo_version()[0].isdigit()
    summary = client.VisitsSummary.get(**today)
    assert summary["nb_visits"] == 1 and summary["nb_actions"] == 3, summary

pages = client.Actions.getPageUrls(flat=True, filter_limit=-1, **today)
assert [page["label"] for page in pages] == ["/a", "/b"], pages
assert [page["label"] for page in client.paginate("Actions.getPageUrls", page_size=1, flat=True, **today)] == ["/a", "/b"]
by_day = client.call("VisitsSummary.getVisits", period="day", date="last3")
assert len(by_day) == 3, by_day
both = client.bulk_request(
    [
        {"method": "Events.getCategory", "idSite": site, **today},
        f"method=VisitsSummary.getActions&idSite={site}&period=day&date=today",
    ]
)
assert both[0][0]["label"] == "shop" and both[1]["value"] == 3, both
events = client.call("Events.getCategory", segment="eventCategory==none", **today)
assert events == [], events
metadata = client.get_report_metadata()
assert any(report["uniqueId"] == "Actions_getPageUrls" for report in metadata)
names = {entry["segment"] for entry in client.get_segments_metadata([site])}
assert {"countryCode", "pageUrl"} <= names, names
csv = client.call("Events.getAction", format="csv", convertToUnicode=False, **today)
assert csv.splitlines()[0].startswith("label,") and len(csv.splitlines()) == 2, csv

try:
    client.call("VisitsSummary.get", period="century", date="today")
except MatomoAPIError as error:
    assert "century" in str(error), error
else:
    raise AssertionError("a period that is none is answered")
try:
    MatomoClient(url, "f" * 32, default_id_site=site, max_retries=0).VisitsSummary.get(**today)
except MatomoHTTPError as error:
    assert error.status_code == 401, error
else:
    raise AssertionError("a stranger is answered")

"""What a Python program reports with PyPI's `matomopy`: two pages and an event, one by one and in bulk."""

import os

from matomopy.tracking import MatomoTracker

tracker = MatomoTracker(os.environ["NAGARE_URL"], os.environ["NAGARE_SITE"])
tracker.set_visitor_id("0123456789abcdef")
tracker.track_page_view("A", url="https://site.example/a")
tracker.enable_bulk_tracking()
tracker.track_event("shop", "open", value=3, url="https://site.example/a")
tracker.track_page_view("B", url="https://site.example/b")
answer = tracker.flush()
assert answer["status"] == "success" and answer["tracked"] == 2, answer

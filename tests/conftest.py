"""What every test shares."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from planning.models import JournalEntry
from planning.services.journal import erasable_journal
from tests.factories.hospital import Hospital, small_hospital

# A busy machine is no fault of the code: no example fails for its time.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")
TRANSACTIONAL = {"transactional_db", "live_server"}


@pytest.fixture(autouse=True)
def emptied_journal(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that commits ends with every row deleted, which SQLite refuses of the journal: it is emptied before."""
    marker = request.node.get_closest_marker("django_db")
    commits = bool(marker and marker.kwargs.get("transaction"))
    if not commits and not TRANSACTIONAL & set(request.fixturenames):
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    with erasable_journal():
        JournalEntry.objects.all().delete()


@pytest.fixture
def hospital(db: None) -> Hospital:
    return small_hospital()

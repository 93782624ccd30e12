"""What tells one version of a thing from another: the ETag of the API, and what the pages send back when they save."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder


def fingerprint_of(data: Any) -> str:
    """The same for what is the same once written as JSON."""
    return hashlib.sha256(json.dumps(data, cls=DjangoJSONEncoder, sort_keys=True).encode()).hexdigest()[:32]

"""Answers that are files: chosen by ``Accept`` among those that the address offers; a refusal is JSON all the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework.renderers import BaseRenderer, JSONRenderer

from planning.exchange.spreadsheets import TYPES


class _File(BaseRenderer):
    """The bytes as they are."""

    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        return data if isinstance(data, bytes) else JSONRenderer().render(data)


class CsvFile(_File):
    media_type, format = "text/csv", "csv"


class XlsxFile(_File):
    media_type, format = TYPES["xlsx"], "xlsx"

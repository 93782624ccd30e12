"""Bodies read with their limits: a body that cannot be read is a 400 in words, whatever it holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

# No row has a greater number; a database would not even look for it.
LARGEST = 2**63 - 1


class LimitedJSONParser(JSONParser):
    """JSON in UTF-8 (RFC 8259), nested no deeper than it can be read."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        try:
            data: dict[str, Any] = super().parse(stream, media_type, {"encoding": "utf-8"})
            # Half a surrogate pair is no character: neither a database nor an answer can hold it.
            json.dumps(data, ensure_ascii=False).encode()
        except RecursionError as error:
            raise ParseError(_("La demande est imbriquée trop profondément.")) from error
        except UnicodeEncodeError as error:
            raise ParseError(_("La demande contient un caractère qui n'existe pas.")) from error
        return data

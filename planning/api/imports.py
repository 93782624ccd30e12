"""Files brought in: what one would change, then the change. Nothing is kept between the two: the file is sent again.

``mapping`` is JSON: which column goes to which field, fixed values, what unknown names are, what is left out. The
preview answers the one it used, to be corrected and sent back; without one, the last of this header or a guess.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import Any

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from planning.access import May
from planning.api.errors import Problem
from planning.api.forms import given
from planning.api.permissions import PlanningView, signed_in
from planning.exchange.fields import Target
from planning.exchange.mapping import Mapping
from planning.exchange.tabular import MAXIMUM_BYTES, FileError, Table, read_table
from planning.services.imports import (
    TARGETS,
    ImportRefusedError,
    import_table,
    mapping_for,
    preview_import,
    remember_mapping,
)
from planning.web.forms.imports import MappingForm, PreviewForm
from planning.web.import_preview import changes, grouped, missing

LONGEST_MAPPING = 200_000
_TABLES = ("columns", "constants", "matches")


class FileBody(serializers.Serializer[Any]):
    target = serializers.ChoiceField(choices=list(TARGETS))
    file = serializers.FileField(allow_empty_file=True, max_length=200)
    mapping = serializers.CharField(required=False, max_length=LONGEST_MAPPING)


class ProblemsSerializer(serializers.Serializer[Any]):
    lines = serializers.CharField()
    count = serializers.IntegerField()
    column = serializers.CharField()
    value = serializers.CharField()
    text = serializers.CharField()


class PreviewSerializer(serializers.Serializer[Any]):
    """``missing``: names that match nothing, by kind, with the code that looks like each. ``order_needed``: dates that
    nobody can read for sure until ``mapping.order`` says ``dmy`` or ``mdy``."""

    headers = serializers.ListField(child=serializers.CharField())
    mapping = serializers.DictField()
    asked = serializers.IntegerField()
    new = serializers.IntegerField()
    existing = serializers.IntegerField()
    modified = serializers.IntegerField()
    updating = serializers.IntegerField()
    faulty_lines = serializers.IntegerField()
    order_needed = serializers.BooleanField()
    problems = ProblemsSerializer(many=True)
    warnings = ProblemsSerializer(many=True)
    missing = serializers.DictField(child=serializers.DictField(child=serializers.CharField(allow_blank=True)))
    changes = serializers.ListField(child=serializers.DictField())


class ImportedSerializer(serializers.Serializer[Any]):
    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    existing = serializers.IntegerField()
    left_out = serializers.IntegerField()
    also_created = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))


@dataclass(frozen=True)
class Sent:
    target: Target
    table: Table
    mapping: Mapping


class FileView(PlanningView):
    may = May.IMPORT
    limit = "import"
    parser_classes = [MultiPartParser]

    def sent(self, request: Request) -> Sent:
        values = given(FileBody, request)
        file, target = values["file"], TARGETS[values["target"]]
        if file.size > MAXIMUM_BYTES:
            raise serializers.ValidationError(
                {"file": [_("Le fichier dépasse 10 Mo. Découpez-le en plusieurs fichiers.")]}
            )
        try:
            table = read_table(file.read(), file.name)
        except FileError as error:
            raise serializers.ValidationError({"file": [str(error)]}) from None
        text = values.get("mapping", "")
        if not text:
            return Sent(target, table, mapping_for(target=target, table=table))
        return Sent(target, table, mapping_of(text, target, table))


def mapping_of(text: str, target: Target, table: Table) -> Mapping:
    """What the page's two forms make of the JSON: one set of rules for both."""
    try:
        asked = json.loads(text)
    except (ValueError, RecursionError):
        asked = None
    known = {one.name for one in fields(Mapping)}
    if not isinstance(asked, dict) or not set(asked) <= known:
        text = _("Un objet JSON dont les champs sont parmi : %(names)s.") % {"names": ", ".join(sorted(known))}
        raise serializers.ValidationError({"mapping": [text]})
    columns, constants, matches = ({} if asked.get(one) is None else asked[one] for one in _TABLES)
    tables = [columns, constants, *(matches.values() if isinstance(matches, dict) else [None])]
    if not all(_is_table(one) for one in tables):
        raise serializers.ValidationError({"mapping": [_("Des textes sont attendus dans les tables.")]})
    unknown = sorted({*columns, *constants} - {one.name for one in target.fields})
    if unknown:
        raise serializers.ValidationError({"mapping": [_("Champ inconnu : %(name)s") % {"name": unknown[0]}]})
    data = {name: value for name, value in asked.items() if value is not None and not isinstance(value, dict | list)}
    data |= {f"column_{name}": value for name, value in columns.items()}
    data |= {f"constant_{name}": value for name, value in constants.items()}
    # What is checked or chosen on a page is sent as « 1 », and not sent at all when it is not.
    data = {name: "1" if value is True else value for name, value in data.items() if value is not False}
    settled, form = PreviewForm(data), MappingForm(target, table, Mapping(matches=matches), data)
    for one in (form, settled):
        if not one.is_valid():
            messages = [f"{name}: {text}" for name, said in one.errors.items() for text in said]
            raise serializers.ValidationError({"mapping": messages})
    mapping = form.to_mapping()
    mapping.skip_faulty = settled.cleaned_data["skip_faulty"]
    mapping.update_known = bool(settled.cleaned_data["update_known"])
    return mapping


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(one, str) and "\0" not in key + one for key, one in value.items())


class ImportPreview(FileView):
    asks_only = True

    @extend_schema(
        operation_id="import_preview", request={"multipart/form-data": FileBody}, responses={200: PreviewSerializer}
    )
    def post(self, request: Request) -> Response:
        """What importing the file would do. Nothing is written."""
        sent = self.sent(request)
        found = preview_import(target=sent.target, table=sent.table, mapping=sent.mapping, today=timezone.localdate())
        unknown = {
            one["kind"]: {name["text"]: name["chosen"] for name in one["names"]} for one in missing(found, sent.mapping)
        }
        return Response(
            {
                "headers": list(sent.table.headers),
                "mapping": sent.mapping.to_json(),
                "asked": found.asked,
                "new": len(found.new),
                "existing": found.existing,
                "modified": len(found.modified),
                "updating": len(found.updating),
                "faulty_lines": found.faulty_lines,
                "order_needed": found.order_needed,
                "problems": [vars(one) for one in grouped(found.errors)],
                "warnings": [vars(one) for one in grouped(found.warnings)],
                "missing": unknown,
                "changes": changes(found, sent.mapping),
            }
        )


class Imports(FileView):
    @extend_schema(
        operation_id="import_file", request={"multipart/form-data": FileBody}, responses={201: ImportedSerializer}
    )
    def post(self, request: Request) -> Response:
        """Bring the file in, all of it or nothing. 409 ``import-refused`` says what to correct."""
        sent = self.sent(request)
        try:
            done = import_table(
                target=sent.target, table=sent.table, mapping=sent.mapping, user=signed_in(request), now=timezone.now()
            )
        except ImportRefusedError as error:
            raise Problem(status.HTTP_409_CONFLICT, "import-refused", _("Import refusé"), str(error)) from None
        except IntegrityError:
            text = _("Ces lignes viennent d'être importées par ailleurs. Voici le nouvel aperçu.")
            raise Problem(status.HTTP_409_CONFLICT, "import-refused", _("Import refusé"), text) from None
        remember_mapping(target=sent.target, table=sent.table, mapping=sent.mapping)
        answer = {name: getattr(done, name) for name in ("created", "updated", "existing", "left_out", "also_created")}
        return Response(answer, status=status.HTTP_201_CREATED)

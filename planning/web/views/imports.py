"""The import of a file, step by step: the file, its columns, what it would change, the import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from planning import wording
from planning.access import May, require
from planning.exchange.fields import Target
from planning.exchange.mapping import Mapping
from planning.exchange.tabular import FileError, Table, read_table
from planning.models import JournalEntry
from planning.selectors.journal import text_of
from planning.services.import_files import drop_file, keep_file, kept_file
from planning.services.imports import (
    TARGETS,
    ImportRefusedError,
    ImportResult,
    import_table,
    mapping_for,
    preview_import,
    remember_mapping,
)
from planning.web import import_preview as shown
from planning.web.forms.imports import MappingForm, PreviewForm, UploadForm
from planning.web.limits import limited

_SESSION = "imports"


@dataclass
class Pending:
    """A file of this session on its way in."""

    token: str
    name: str
    target: Target
    table: Table
    mapping: Mapping


@require(May.IMPORT)
@limited("import")
def import_upload(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file, target = form.cleaned_data["file"], TARGETS[form.cleaned_data["target"]]
        data = file.read()
        try:
            table = read_table(data, file.name)
        except FileError as error:
            form.add_error("file", str(error))
        else:
            token = keep_file(data=data, now=timezone.now())
            mapping = mapping_for(target=target, table=table)
            _store(request, Pending(token, file.name[:120], target, table, mapping))
            return redirect("import-columns", token=token)
    files = JournalEntry.objects.filter(action=JournalEntry.Action.IMPORT, after__part_of__isnull=True)
    recent = files.select_related("user")[:10]
    entries = [(entry, text_of(entry)) for entry in recent]
    return render(request, "planning/imports/upload.html", {"form": form, "entries": entries})


@require(May.IMPORT)
def import_columns(request: HttpRequest, token: str) -> HttpResponse:
    pending = _pending(request, token)
    if pending is None:
        return _gone(request)
    form = MappingForm(pending.target, pending.table, pending.mapping, request.POST or None)
    if request.method == "POST" and form.is_valid():
        pending.mapping = form.to_mapping()
        _store(request, pending)
        remember_mapping(target=pending.target, table=pending.table, mapping=pending.mapping)
        return redirect("import-preview", token=token)
    context = {"pending": pending, "form": form, "sample": shown.first_lines(pending.table)}
    return render(request, "planning/imports/columns.html", context)


@require(May.IMPORT)
def import_preview(request: HttpRequest, token: str) -> HttpResponse:
    pending = _pending(request, token)
    if pending is None:
        return _gone(request)
    if request.method == "POST":
        _settle(request, pending)
        if request.POST.get("action") != "import":
            return redirect("import-preview", token=token)
        try:
            result = import_table(
                target=pending.target,
                table=pending.table,
                mapping=pending.mapping,
                user=request.user,  # type: ignore[arg-type]  # @require lets nobody anonymous in
                now=timezone.now(),
            )
        except ImportRefusedError as refused:
            messages.error(request, str(refused))
        except IntegrityError:
            # Somebody imported the same lines between our reading and our writing: the next preview shows them.
            messages.error(request, _("Ces lignes viennent d'être importées par ailleurs. Voici le nouvel aperçu."))
        else:
            _forget(request, token)
            _tell(request, result)
            return redirect("imports")
        return redirect("import-preview", token=token)
    preview = preview_import(
        target=pending.target, table=pending.table, mapping=pending.mapping, today=timezone.localdate()
    )
    context = {
        "pending": pending,
        "preview": preview,
        "form": PreviewForm(initial=_settled(pending.mapping)),
        "errors": shown.grouped(preview.errors),
        "warnings": shown.grouped(preview.warnings),
        "missing": shown.missing(preview, pending.mapping),
        "changes": shown.changes(preview, pending.mapping),
        "rows": shown.sample(preview),
    }
    return render(request, "planning/imports/preview.html", context)


@require(May.IMPORT)
@require_POST
def import_abandon(request: HttpRequest, token: str) -> HttpResponse:
    if _pending(request, token) is None:
        return _gone(request)
    _forget(request, token)
    messages.success(request, _("L'import est abandonné, le fichier est effacé. Rien n'a été importé."))
    return redirect("imports")


# --- The session: only who uploaded a file goes on with it -------------------------------------------------------


def _store(request: HttpRequest, pending: Pending) -> None:
    files = request.session.get(_SESSION, {})
    files[pending.token] = {
        "name": pending.name,
        "target": pending.target.name,
        "mapping": pending.mapping.to_json(),
    }
    request.session[_SESSION] = files


def _gone(request: HttpRequest) -> HttpResponse:
    """After an import, « back » leads here."""
    messages.warning(request, _("Ce fichier n'est plus là (déjà importé, abandonné ou trop ancien) : recommencez."))
    return redirect("imports")


def _pending(request: HttpRequest, token: str) -> Pending | None:
    entry = request.session.get(_SESSION, {}).get(token)
    data = kept_file(token) if entry else None
    if entry is None or data is None:
        return None
    target = TARGETS[entry["target"]]
    return Pending(token, entry["name"], target, read_table(data, entry["name"]), Mapping.from_json(entry["mapping"]))


def _forget(request: HttpRequest, token: str) -> None:
    files = request.session.get(_SESSION, {})
    files.pop(token, None)
    request.session[_SESSION] = files
    drop_file(token)


# --- What the preview settles, and what was done -------------------------------------------------------------------


def _settled(mapping: Mapping) -> dict[str, Any]:
    return {
        "order": mapping.order or "",
        "create_missing": mapping.create_missing,
        "skip_faulty": mapping.skip_faulty,
        "update_known": "1" if mapping.update_known else "",
    }


def _settle(request: HttpRequest, pending: Pending) -> None:
    form = PreviewForm(request.POST)
    if form.is_valid():
        mapping = pending.mapping
        if "order" in request.POST:
            mapping.order = form.cleaned_data["order"] or None
        mapping.create_missing = form.cleaned_data["create_missing"]
        mapping.skip_faulty = form.cleaned_data["skip_faulty"]
        mapping.update_known = bool(form.cleaned_data["update_known"])
        for kind in ("surgeon", "specialty", "room", "equipment"):
            texts, codes = request.POST.getlist(f"text_{kind}"), request.POST.getlist(f"code_{kind}")
            chosen = mapping.matches.setdefault(kind, {})
            pairs = zip(texts, codes, strict=False)
            chosen.update({text: code for text, code in pairs if "\0" not in text + code})
        _store(request, pending)
        remember_mapping(target=pending.target, table=pending.table, mapping=mapping)


def _tell(request: HttpRequest, result: ImportResult) -> None:
    parts = []
    if result.created or not result.updated:
        parts.append(
            ngettext("%(count)s ligne importée.", "%(count)s lignes importées.", result.created)
            % {"count": result.created}
        )
    if result.updated:
        updated = ngettext("%(count)s mise à jour.", "%(count)s mises à jour.", result.updated)
        parts.append(updated % {"count": result.updated})
    if result.existing:
        there = ngettext("%(count)s était déjà là.", "%(count)s étaient déjà là.", result.existing)
        parts.append(there % {"count": result.existing})
    if result.left_out:
        left = ngettext("%(count)s laissée de côté.", "%(count)s laissées de côté.", result.left_out)
        parts.append(left % {"count": result.left_out})
    messages.success(request, " ".join(parts))
    labels = {
        "surgeon": _("Chirurgiens"),
        "specialty": _("Spécialités"),
        "room": _("Salles"),
        "equipment": _("Équipements"),
    }
    made = [wording.named(labels[kind], ", ".join(codes[:12])) for kind, codes in result.also_created.items()]
    if made:
        messages.info(request, "\n".join([_("Créés au passage, à vérifier :"), *made, *_hints(result)]))


def _hints(result: ImportResult) -> list[str]:
    """What was created cannot be planned as it should before a person looks at it."""
    hints = []
    if "surgeon" in result.also_created:
        hints.append(_("Ces chirurgiens opèrent pour l'instant du lundi au vendredi."))
    if "specialty" in result.also_created:
        hints.append(
            _("Ces spécialités n'ont pas encore de plage : donnez-leur-en au plan directeur ou dans la semaine.")
        )
    if "room" in result.also_created:
        hints.append(_("Ces salles n'ont encore ni plage ni équipement."))
    return hints

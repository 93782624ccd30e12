#!/bin/sh
# Everything that can be checked without running blocweb. Stops at the first failure.
set -eu
bin=.venv/bin
say() { printf '%s\n' "== $1"; }

say "format";            $bin/ruff format --check --quiet .
say "lint";              $bin/ruff check --quiet .
say "types";             $bin/mypy
say "import directions"; $bin/lint-imports --no-cache
say "migrations";        $bin/python manage.py makemigrations --check --dry-run
say "templates";         $bin/python scripts/check_templates.py
say "translations";      $bin/python scripts/check_messages.py
say "deployment settings"
BLOCWEB_PRODUCTION=1 \
    BLOCWEB_SECRET_KEY="$($bin/python -c 'import secrets; print(secrets.token_urlsafe(50))')" \
    BLOCWEB_HOSTS=bloc.example.org \
    DATABASE_URL=postgres://blocweb@127.0.0.1/blocweb \
    CELERY_BROKER_URL=redis://127.0.0.1:6379/0 \
    $bin/python manage.py check --deploy --fail-level WARNING

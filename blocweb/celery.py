"""The Celery application: ``celery -A blocweb``."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "blocweb.settings")

app = Celery("blocweb")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

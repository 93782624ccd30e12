"""The Celery application: ``celery -A blocweb``."""

from __future__ import annotations

import os

from celery import Celery
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "blocweb.settings")

app = Celery("blocweb")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def _compile_the_search(**_: object) -> None:
    """Before the worker makes its processes, so that no run waits for the compiler."""
    from planning.solver.warm import warm_up  # this module is the web process's too, which plans nothing

    warm_up()

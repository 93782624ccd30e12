"""The ASGI entrance of blocweb."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "blocweb.settings")
application = get_asgi_application()

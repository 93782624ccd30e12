"""The WSGI entrance of blocweb."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "blocweb.settings")
application = get_wsgi_application()

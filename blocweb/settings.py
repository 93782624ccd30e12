"""Settings, all from the environment (.env.example lists every variable).

Without any variable blocweb runs in demonstration mode: debug off, SQLite and files under ``var/``, only this
machine's addresses. ``BLOCWEB_PRODUCTION=1`` makes every secret and host mandatory.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from blocweb import env

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.text("BLOCWEB_VAR_DIR", str(BASE_DIR / "var")))
PRODUCTION = env.flag("BLOCWEB_PRODUCTION", False)
DEBUG = False if PRODUCTION else env.flag("BLOCWEB_DEBUG", False)


def _demonstration_key() -> str:
    """A secret of this installation's own, so that no key is ever shared through the sources."""
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    path = VAR_DIR / "secret-key"
    try:
        with path.open("x") as file:
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return path.read_text()


if PRODUCTION:
    SECRET_KEY = env.text("BLOCWEB_SECRET_KEY")
else:
    SECRET_KEY = env.text("BLOCWEB_SECRET_KEY", "") or _demonstration_key()
ALLOWED_HOSTS = env.names("BLOCWEB_HOSTS") if PRODUCTION else env.names("BLOCWEB_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = env.names("BLOCWEB_TRUSTED_ORIGINS", "")
# Where `manage.py up` listens.
WEB_HOST = env.text("BLOCWEB_BIND", "127.0.0.1")
WEB_PORT = env.number("BLOCWEB_PORT", 8000)

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "rest_framework",
    "django_filters",
    "knox",
    "drf_spectacular",
    "planning",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "blocweb.static_files.StaticFilesMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "planning.web.sessions.SessionEndMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "planning.web.second_factor.SecondFactorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "blocweb.urls"
WSGI_APPLICATION = "blocweb.wsgi.application"
ASGI_APPLICATION = "blocweb.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "planning.web.context.product",
            ],
            "builtins": ["planning.templatetags.dates"],
        },
    },
]

DATABASE_URL = env.text("DATABASE_URL", None if PRODUCTION else f"sqlite:///{VAR_DIR / 'blocweb.sqlite3'}")
DATABASES: dict[str, Any] = {"default": dict(dj_database_url.parse(DATABASE_URL))}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    # IMMEDIATE: a transaction that reads and then writes would fail with "database is locked" whatever the timeout.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; "
        "PRAGMA cache_size=-20000;",
    }
else:
    # One pool a process: a request's thread ends with it, and a connection kept by each would exhaust the server.
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
        "min_size": 1,
        "max_size": env.number("DATABASE_POOL_SIZE", 10),
        "timeout": 10,
    }

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "planning.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "planning.web.passwords.EndTokens"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"

# ---- Accounts (django-allauth): password, second factor, single sign-on ------
AUTHENTICATION_BACKENDS = ["planning.web.adapters.AccountBackend"]
ACCOUNT_ADAPTER = "planning.web.adapters.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "planning.web.adapters.SingleSignOnAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # who administers the accounts wrote the address
ACCOUNT_SESSION_REMEMBER = False  # the session ends with SESSION_COOKIE_AGE, for everyone
# Counted by the address asked from and by the account tried; kept in the cache that all processes share.
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "20/m/ip,5/5m/key", "reset_password": "20/m/ip,5/m/key"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Bloc"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION  # this machine's own address has no certificate
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True  # the hospital's directory vouches for the address of its people
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": []}}
if OIDC_SERVER := env.text("BLOCWEB_OIDC_SERVER", ""):
    SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"] = [
        {
            "provider_id": "hopital",
            "name": env.text("BLOCWEB_OIDC_NAME", "SSO"),
            "client_id": env.text("BLOCWEB_OIDC_CLIENT"),
            "secret": env.text("BLOCWEB_OIDC_SECRET"),
            "settings": {"server_url": OIDC_SERVER},
        }
    ]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "blocweb_cache"}}

# How often one person may do this in a minute, whatever the process; 0 is no limit.
LIMITS = {
    "submission": env.number("BLOCWEB_SUBMISSIONS_A_MINUTE", 30),
    "import": env.number("BLOCWEB_IMPORTS_A_MINUTE", 10),
    "write": env.number("BLOCWEB_WRITES_A_MINUTE", 240),
    # Reads of one calendar's secret address, by whatever programs hold it.
    "calendar": env.number("BLOCWEB_CALENDAR_READS_A_MINUTE", 30),
    "question": env.number("BLOCWEB_QUESTIONS_A_MINUTE", 120),
}

# How long it stays known who read which patient-linked data.
READS_KEPT_DAYS = env.number("BLOCWEB_READS_KEPT_DAYS", 365)

# ---- E-mail: printed unless a server is named -------------------------------
EMAIL_HOST = env.text("BLOCWEB_SMTP_HOST", "")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
EMAIL_PORT = env.number("BLOCWEB_SMTP_PORT", 587)
EMAIL_HOST_USER = env.text("BLOCWEB_SMTP_USER", "")
EMAIL_HOST_PASSWORD = env.text("BLOCWEB_SMTP_PASSWORD", "")
EMAIL_USE_TLS = env.flag("BLOCWEB_SMTP_TLS", True)
EMAIL_TIMEOUT = 10
# What e-mails and calendars, which no browser asks for, begin their links with.
PUBLIC_URL = env.text(
    "BLOCWEB_PUBLIC_URL", f"https://{ALLOWED_HOSTS[0].lstrip('.')}" if PRODUCTION else f"http://{WEB_HOST}:{WEB_PORT}"
)
DEFAULT_FROM_EMAIL = env.text("BLOCWEB_MAIL_FROM", "bloc@localhost")

# ---- Language and time -----------------------------------------------------
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("Français")), ("en", _("Anglais"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.text("BLOCWEB_TIME_ZONE", "Europe/Paris")

# ---- Static files ----------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
if not PRODUCTION:
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # empty, but WhiteNoise warns without it
STATICFILES_DIRS = [BASE_DIR / "static"]
# The demonstration serves the sources as they are; production collects, compresses and fingerprints them.
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# ---- Security --------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = int(timedelta(hours=env.number("BLOCWEB_SESSION_HOURS", 12)).total_seconds())
SESSION_IDLE_SECONDS = int(timedelta(minutes=env.number("BLOCWEB_IDLE_MINUTES", 120)).total_seconds())
if PRODUCTION:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    # A container engine asks for the health page in plain HTTP.
    SECURE_REDIRECT_EXEMPT = [r"^sante/$"]
    SECURE_SSL_REDIRECT = env.flag("BLOCWEB_SSL_REDIRECT", True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = env.number("BLOCWEB_HSTS_SECONDS", 31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True

DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

# ---- API -------------------------------------------------------------------
REST_FRAMEWORK = {
    # The token first: its scheme is what a 401 names.
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "planning.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["planning.api.parsing.LimitedJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "planning.api.openapi.PlanningSchema",
    "EXCEPTION_HANDLER": "planning.api.errors.handle_exception",
}
# Tokens are django-rest-knox's, in a table of this house's own: theirs is never made.
KNOX_TOKEN_MODEL = "planning.ApiToken"  # noqa: S105  # the name of a model
MIGRATION_MODULES = {"knox": None}
REST_KNOX = {"TOKEN_PREFIX": "bloc_"}
# How long an answer is kept for a request sent again with the same Idempotency-Key.
IDEMPOTENCY_KEPT_HOURS = env.number("BLOCWEB_IDEMPOTENCY_HOURS", 24)
SPECTACULAR_SETTINGS = {
    "TITLE": "blocweb",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    # Choices stand where they are asked: named sets would have to be told apart in these settings one by one.
    "POSTPROCESSING_HOOKS": [],
}

# ---- Celery: the broker only wakes a worker; the PlanningRun row is the truth --------------------
CELERY_BROKER_URL = env.text("CELERY_BROKER_URL", None if PRODUCTION else "filesystem://localhost")
# Installations that share one Redis name their queues apart.
CELERY_TASK_DEFAULT_QUEUE = env.text("BLOCWEB_QUEUE", "blocweb")
# Explanations have a queue and a worker of their own: a run never waits for one, nor they for a run.
EXPLANATION_QUEUE = f"{CELERY_TASK_DEFAULT_QUEUE}-explanations"
# E-mails and the clock's small tasks too: none takes more than seconds, and none should wait minutes behind a run.
SHORT_QUEUE = f"{CELERY_TASK_DEFAULT_QUEUE}-short"
CELERY_TASK_ROUTES = {
    "planning.work_on_explanation": {"queue": EXPLANATION_QUEUE},
    **{
        f"planning.{name}": {"queue": SHORT_QUEUE}
        for name in ("send_mails", "release_slots", "purge_reads", "purge_api")
    },
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# None: a worker or a scheduler waits for a broker that is away as long as it takes.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
RUN_STALE_SECONDS = env.number("BLOCWEB_RUN_STALE_SECONDS", 20)
RUN_REAP_SECONDS = env.number("BLOCWEB_RUN_REAP_SECONDS", 5)
# How many workers may share the weeks of one comparison of policies.
COMPARISON_LANES = env.number("BLOCWEB_COMPARISON_LANES", 4)
CELERY_BEAT_SCHEDULE = {
    # Expires, or these would pile up behind a long run.
    "take-up-lost-runs": {
        "task": "planning.reap_runs",
        "schedule": float(RUN_REAP_SECONDS),
        "options": {"expires": RUN_REAP_SECONDS},
    },
    "purge-api": {"task": "planning.purge_api", "schedule": 21_600.0, "options": {"expires": 3600}},
    "purge-reads": {"task": "planning.purge_reads", "schedule": 21_600.0, "options": {"expires": 3600}},
    "send-mails": {"task": "planning.send_mails", "schedule": 10.0, "options": {"expires": 10}},
    # Idempotent: each hour rather than each night, so that a machine that sleeps at night releases all the same.
    "release-slots": {"task": "planning.release_slots", "schedule": 3600.0, "options": {"expires": 1800}},
}
if CELERY_BROKER_URL.startswith("filesystem:"):
    _queue = VAR_DIR / "queue"
    CELERY_BROKER_TRANSPORT = "blocweb.fsbroker:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "data_folder_in": str(_queue / "messages"),
        "data_folder_out": str(_queue / "messages"),
        "processed_folder": str(_queue / "processed"),
        "control_folder": str(_queue / "control"),
        "polling_interval": 0.2,
    }
    for _folder in ("messages", "processed", "control"):
        (_queue / _folder).mkdir(parents=True, exist_ok=True)
elif CELERY_BROKER_URL.startswith(("redis:", "rediss:")):
    # Longer than the longest plan, or a running plan is delivered twice; swept at every interval, or never in time.
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": env.number("BLOCWEB_VISIBILITY_SECONDS", 3600),
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
    }

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("BLOCWEB_LOG_LEVEL", "INFO")},
}

# blocweb for production: web, worker and scheduler are the same image with another command (docker-compose.yml).
FROM python:3.11-slim

ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    BLOCWEB_PRODUCTION=1 \
    BLOCWEB_VAR_DIR=/srv/blocweb/var \
    NUMBA_CACHE_DIR=/srv/blocweb/compiled

WORKDIR /srv/blocweb
COPY requirements/runtime.lock requirements/
RUN pip install --root-user-action=ignore --require-hashes -r requirements/runtime.lock

COPY manage.py ./
COPY blocweb blocweb
COPY planning planning
COPY templates templates
COPY static static
COPY locale locale
COPY scripts/health.py scripts/

# The values serve this step only: collecting files reads the settings, and those are strict.
RUN BLOCWEB_SECRET_KEY=build BLOCWEB_HOSTS=build DATABASE_URL=sqlite:////tmp/build CELERY_BROKER_URL=memory:// \
    sh -c "python manage.py compile_po && python manage.py collectstatic --noinput --verbosity 0" \
    && useradd --system --home-dir /srv/blocweb --shell /usr/sbin/nologin blocweb \
    && python -m planning.solver.warm \
    && chown -R blocweb var compiled

USER blocweb
EXPOSE 8000
CMD ["uvicorn", "blocweb.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--lifespan", "off", \
     "--proxy-headers", "--forwarded-allow-ips", "*", "--timeout-graceful-shutdown", "10"]

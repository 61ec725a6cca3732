# syntax=docker/dockerfile:1
# One stage builds the environment, the other runs it, as a user without rights on a read-only file system:
#   docker build -t quoth .
#   docker run --read-only --tmpfs /tmp -v quoth:/var/lib/quoth -p 127.0.0.1:8000:8000 quoth
FROM python:3.13-slim AS build
WORKDIR /build
COPY requirements.lock .
RUN python -m venv --without-pip /opt/quoth \
    && python -m pip --python /opt/quoth/bin/python install --no-cache-dir --no-deps --require-hashes -r requirements.lock

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/quoth --create-home quoth
COPY --from=build /opt/quoth /opt/quoth
WORKDIR /srv/quoth
COPY LICENSE pyproject.toml ./
COPY app app
COPY migrations migrations
COPY data data
ENV PATH=/opt/quoth/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    QUOTH_DATABASE_URL=sqlite:////var/lib/quoth/quoth.db \
    QUOTH_HOST=0.0.0.0
USER quoth
VOLUME /var/lib/quoth
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=2)"]
CMD ["sh", "-c", "python -m app migrate && python -m app load data && exec python -m app serve"]

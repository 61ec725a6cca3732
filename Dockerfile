# One stage builds the environment, the other runs it, as a user without rights on a read-only file system, where
# /var/lib/quoth is the only place to write to:
#   docker build -t quoth:local .
#   docker run --read-only -v quoth:/var/lib/quoth -p 127.0.0.1:8000:8000 --name corpus quoth:local
# It begins with an empty corpus. The sample: docker exec corpus quoth load data
# Any image with Python 3.11 or newer and pip will do; EXTRAS=metrics,telemetry installs these extras too.
ARG BASE=python:3.13-slim

FROM ${BASE} AS build
ARG EXTRAS=""
WORKDIR /build
COPY requirements.lock requirements-build.lock ./
RUN python -m venv --without-pip /opt/quoth \
    && python -m pip --python /opt/quoth/bin/python install --no-deps --require-hashes -r requirements.lock \
    && python -m venv --without-pip /build/tools \
    && python -m pip --python /build/tools/bin/python install --no-deps --require-hashes -r requirements-build.lock
COPY LICENSE README.md pyproject.toml ./
COPY docs/api.md docs/api.md
COPY migrations migrations
COPY app app
# All dependencies are there already, but those of an extra.
RUN tools/bin/python -m hatchling build -t wheel \
    && python -m pip --python /opt/quoth/bin/python install "$(echo dist/*.whl)${EXTRAS:+[$EXTRAS]}"

FROM ${BASE}
RUN echo 'quoth:x:10001:' >> /etc/group \
    && echo 'quoth:x:10001:10001::/var/lib/quoth:/usr/sbin/nologin' >> /etc/passwd \
    && install -d -m 750 -o 10001 -g 10001 /var/lib/quoth
COPY --from=build /opt/quoth /opt/quoth
WORKDIR /srv/quoth
COPY LICENSE ./
COPY data data
# What is written for a moment goes to the volume too: nothing else has to be writable.
ENV PATH=/opt/quoth/bin:$PATH \
    HOME=/var/lib/quoth \
    TMPDIR=/var/lib/quoth \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    QUOTH_DATABASE_URL=sqlite:////var/lib/quoth/quoth.db \
    QUOTH_HOST=0.0.0.0 \
    QUOTH_PORT=8000
# A number, so that whoever starts it can see that it is not root.
USER 10001:10001
VOLUME /var/lib/quoth
EXPOSE 8000
# Not /readyz: a server that waits for its database finds it again by itself, and is not to be restarted.
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import http.client, os, sys; server = http.client.HTTPConnection('127.0.0.1', int(os.environ['QUOTH_PORT']), timeout=2); server.request('GET', '/healthz'); sys.exit(server.getresponse().status != 200)"]
CMD ["sh", "-c", "quoth migrate && exec quoth serve"]

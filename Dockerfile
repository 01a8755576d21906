# Northing against a PostgreSQL that is given; see docker-compose.yml.
FROM python:3.11-slim

RUN useradd --system --uid 10001 --create-home --home-dir /northing northing
WORKDIR /northing

COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes --requirement requirements.lock

COPY pyproject.toml ./
COPY domain domain
COPY contracts contracts
COPY services services
COPY infra infra
RUN pip install --no-cache-dir --no-deps --no-build-isolation .

USER northing
ENV NORTHING_HOST=0.0.0.0 NORTHING_PORT=8000
EXPOSE 8000
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=5 \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/readyz', timeout=2)"]
CMD ["northing", "serve"]

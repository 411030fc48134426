# Two stages: the wheel is built in the first, the second holds only what the broker needs.
FROM python:3.11-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY kafkaemu kafkaemu
COPY codecs codecs
COPY conformance/kafkaconform conformance/kafkaconform
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.11-slim
COPY requirements-dev.lock /tmp/constraints.txt
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    pip install --no-cache-dir --constraint /tmp/constraints.txt /wheels/*.whl \
    && rm /tmp/constraints.txt \
    && useradd --system --no-create-home --uid 10001 kafkaemu
USER kafkaemu
EXPOSE 9092 29092
ENTRYPOINT ["kafkaemu"]
# All interfaces of the container, unless KAFKA_LISTENERS or KAFKA_ADVERTISED_LISTENERS say otherwise; clients are told localhost, which
# is right where port 9092 is published to the host.
ENV KAFKAEMU_HOST=0.0.0.0
CMD ["serve"]
HEALTHCHECK --interval=2s --timeout=5s --start-period=1s --retries=10 CMD ["kafkaemu", "ready", "--bootstrap", "localhost:9092"]

# syntax=docker/dockerfile:1
# Rollcall as an image: the program, and nothing else to keep up to date. Time zones, fonts and certificate authorities are in it.
FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --bin rollcall && cp target/release/rollcall /usr/local/bin/rollcall
# Volumes take their owner from here.
RUN mkdir -p /empty/data /empty/exports

# A C library and a user without rights (65532), no shell.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /usr/local/bin/rollcall /usr/local/bin/rollcall
COPY --from=build --chown=65532:65532 --chmod=700 /empty/data /data
COPY --from=build --chown=65532:65532 --chmod=700 /empty/exports /exports
ENV DATA_DIR=/data EXPORT_DIR=/exports METRICS_ADDR=127.0.0.1:9464
VOLUME ["/data", "/exports"]
USER 65532:65532
WORKDIR /data
# Not well for two minutes: a 502 of Telegram's is no reason to worry.
HEALTHCHECK --interval=30s --timeout=6s --start-period=60s --retries=4 CMD ["/usr/local/bin/rollcall", "health"]
ENTRYPOINT ["/usr/local/bin/rollcall"]
CMD ["run"]

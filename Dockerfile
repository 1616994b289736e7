# docker build -t ghcr.io/mockauth0/mockauth0 .    (Docker 25 or later)
FROM --platform=$BUILDPLATFORM golang:1.26-alpine AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
# The folders of the image. Any user (--user) may write the certificate authority.
RUN mkdir -p /out/data/ca /out/data/var/lib/mockauth0 && chmod 0777 /out/data/ca /out/data/var/lib/mockauth0 && \
    sh .ci/credits > /out/CREDITS
ARG VERSION=devel TARGETOS TARGETARCH
RUN --mount=type=cache,target=/root/.cache/go-build \
    GOOS=$TARGETOS GOARCH=$TARGETARCH sh .ci/build "$VERSION" /out/mockauth0

FROM scratch AS image
COPY --from=build /out/mockauth0 /src/LICENSE /out/CREDITS /
# To call a text message gateway on the internet (--allow-outbound).
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build --chown=65532:65532 /out/data/ /
# A mockauth0.yaml in this folder is the fixture. The program reads it again when it changes.
WORKDIR /etc/mockauth0
# /ca has only ca.pem, for other containers. The key is in /var/lib/mockauth0.
ENV MOCKAUTH0_ADDR=:2884 \
    MOCKAUTH0_SMTP=:1025 \
    MOCKAUTH0_MAIL_API=:8025 \
    MOCKAUTH0_TLS_HOST=mockauth0 \
    MOCKAUTH0_TLS_DIR=/var/lib/mockauth0 \
    MOCKAUTH0_TLS_CA_COPY=/ca/ca.pem
VOLUME /ca
EXPOSE 2884 1025 8025
USER 65532:65532
HEALTHCHECK --interval=2s --timeout=2s --start-period=10s --start-interval=200ms CMD ["/mockauth0", "healthcheck"]
ENTRYPOINT ["/mockauth0"]
ARG VERSION=devel
ARG REVISION=
LABEL org.opencontainers.image.title="mockauth0" \
      org.opencontainers.image.description="A local Auth0 tenant for tests" \
      org.opencontainers.image.url="https://github.com/mockauth0/mockauth0" \
      org.opencontainers.image.source="https://github.com/mockauth0/mockauth0" \
      org.opencontainers.image.documentation="https://github.com/mockauth0/mockauth0/blob/main/docs/guides/docker-and-ci.md" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"

# With Node.js, for the Actions of a fixture: docker build --target node .
FROM image AS node
COPY --from=node:22-alpine / /
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

FROM image

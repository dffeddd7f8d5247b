# The server in a container, for docker-compose.yml. The image of the sandboxes is another: sandbox-image/Dockerfile.
# BASE is any Debian image with Node and a user `node` with the id 1000.
ARG BASE=node:24.21.0-bookworm-slim
FROM $BASE AS build
# SQLite's driver is compiled where no binary fits.
RUN command -v python3 make g++ >/dev/null || (apt-get update \
  && apt-get install -y --no-install-recommends python3 make g++ && rm -rf /var/lib/apt/lists/*)
WORKDIR /parley
COPY . .
RUN node -e "import('./scripts/install.mjs').then((m) => m.install())" \
  && node -e "import('./scripts/build.mjs').then((m) => m.build())"

FROM $BASE
WORKDIR /parley
COPY --from=build --chown=node:node /parley /parley
RUN mkdir /data && chown node:node /data
ENV DATA_DIR=/data HOST=0.0.0.0
VOLUME /data
EXPOSE 8100
# Root only until the group of the engine's socket is known; see the script.
CMD ["node", "scripts/start-in-container.mjs"]

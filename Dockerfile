# syntax=docker/dockerfile:1

# Which images it is made of: ops/images.env, where ops/pin-images.sh writes their digests. compose.yaml passes it on.
ARG NODE_IMAGE=node:24-bookworm-slim

# The manifests alone, so that the layers of packages below are kept until one of them changes.
FROM ${NODE_IMAGE} AS manifests
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY core/package.json core/
COPY protocol/package.json protocol/
COPY client/package.json client/
COPY integrations/kit/package.json integrations/kit/
COPY integrations/mock-crm/package.json integrations/mock-crm/
COPY integrations/mock-enrichment/package.json integrations/mock-enrichment/
COPY adapters/jobs-bullmq/package.json adapters/jobs-bullmq/
COPY adapters/jobs-in-process/package.json adapters/jobs-in-process/
COPY adapters/phone-zones/package.json adapters/phone-zones/
COPY adapters/postgres/package.json adapters/postgres/
COPY integrations/aircall/package.json integrations/aircall/
COPY integrations/simulator/package.json integrations/simulator/
COPY apps/cli/package.json apps/cli/
COPY apps/server/package.json apps/server/
COPY apps/web/package.json apps/web/
COPY testing/package.json testing/
COPY e2e/package.json e2e/
COPY lab/package.json lab/

FROM manifests AS build
RUN npm ci
COPY . .
RUN node scripts/build.mjs --runtime
# What runs, and nothing else: no sources, no tests, no tools.
RUN mkdir /runtime && cp -r --parents core/dist protocol/dist adapters/*/dist integrations/*/dist adapters/postgres/migrations \
    apps/server/dist apps/web/dist /runtime

FROM manifests AS production-packages
# To npm the package `testing`, which tests need, is one like the others: without this the test tools would come along. The lock file stays as
# it is, and `npm ci` takes its versions, holds each package to its digest, and runs no scripts of theirs (.npmrc).
RUN npm pkg delete devDependencies --workspaces --include-workspace-root \
  && npm ci --omit=dev --workspace=apps/server

FROM ${NODE_IMAGE} AS runtime
ENV NODE_ENV=production \
    DATA_DIR=/data
WORKDIR /app
COPY --from=production-packages /app ./
COPY --from=build /runtime ./
# The embedded database lives here; with DATABASE_URL nothing is written at all, and the image runs read-only.
RUN mkdir /data && chown node:node /data
VOLUME /data
USER node
EXPOSE 3000
# Ready: recovered, and the database answers.
HEALTHCHECK --interval=5s --timeout=4s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/readyz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# As a list: no shell stands between Docker's SIGTERM and the server.
CMD ["node", "--enable-source-maps", "apps/server/dist/main.js"]

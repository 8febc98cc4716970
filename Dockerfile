# syntax=docker/dockerfile:1
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build && rm -r .next/cache

# Node is the image's own and Postgres runs elsewhere, so neither is installed as a package. The pages are compiled: what only
# they import is in .next.
FROM node:24.21.0-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
COPY patches patches
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund
RUN node_modules/.bin/patch-package --error-on-fail
RUN rm -r node_modules/@mantine node_modules/@tabler

# Nothing is written below /app, so the root file system may be read-only. What starts the container brings the init process:
# docker run --init, init: true in compose.yaml, the shared process namespace in Kubernetes.
FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1
WORKDIR /app
COPY package.json next.config.mjs ./
COPY --from=packages /app/node_modules node_modules
COPY drizzle drizzle
COPY src src
COPY --from=build /app/.next .next
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["node", "src/check-ready.ts"]
CMD ["node", "--max-semi-space-size=8", "--heap-growing-percent=80", "--import=./src/platform/quick-resolve.ts", "src/server.ts"]

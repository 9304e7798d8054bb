# The server as it is: TypeScript runs without a build step. better-sqlite3 brings its binary, so nothing is compiled.
FROM node:24-slim
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev && npm cache clean --force
COPY LICENSE ./
COPY views views
COPY src src
# The database and the generated key are all that is written, and this is the only place where the user `node` may write.
RUN mkdir data && chown node:node data
USER node
VOLUME /app/data
EXPOSE 3000
# There is no curl in the slim image. Ready means: the database can be written.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/health/ready`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Without npm in between, so that `docker stop` reaches the server: it ends within 10 s, with everything acknowledged committed.
CMD ["node", "--max-semi-space-size=8", "--import", "./src/prepare-node.js", "src/main.ts"]

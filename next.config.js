/** @type {import("next").NextConfig} */
export default {
  poweredByHeader: false,
  reactStrictMode: true,
  // Native or worker-loading packages stay plain requires of the server.
  serverExternalPackages: ["argon2", "pino", "pg", "@prisma/client", "@prisma/adapter-pg", "@redocly/openapi-core"],
  // `npm test` checks types once for the whole tree; a second check in the build would double the wait of a first start.
  typescript: { ignoreBuildErrors: true },
  devIndicators: false,
};

/** For what is no page: files, and answers for programs. The pages' own policy, with a nonce, is in proxy.ts. */
const contentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/** @type {import("next").NextConfig} */
export default {
  poweredByHeader: false,
  reactStrictMode: true,
  // Native or worker-loading packages stay plain requires of the server.
  serverExternalPackages: [
    "argon2",
    "pino",
    "pg",
    "@prisma/client",
    "@prisma/adapter-pg",
    "@redocly/openapi-core",
    "@zxcvbn-ts/core",
    "@zxcvbn-ts/language-common",
  ],
  // `npm test` checks types once for the whole tree; a second check in the build would double the wait of a first start.
  typescript: { ignoreBuildErrors: true },
  devIndicators: false,
  // Every agent gets a page's title with the page. Next would send it behind, and a reader meets a page without a name (F85).
  htmlLimitedBots: /./,
  // What a server action may send (1 MB) is all that is kept for the proxy beside the request itself.
  experimental: { proxyClientMaxBodySize: "1mb" },
  // `next dev` would print the arguments of server actions, passwords among them, to the log (S92).
  logging: { serverFunctions: false },
  // Where browsers look before a page has named its icon, or beside an answer that is no page.
  rewrites: async () => [{ source: "/favicon.ico", destination: "/mark.svg" }],
  headers: async () => [
    {
      source: "/:path*",
      headers: [
        { key: "Content-Security-Policy", value: contentSecurityPolicy },
        { key: "X-Content-Type-Options", value: "nosniff" },
        { key: "X-Frame-Options", value: "DENY" },
        // Addresses of the portal hold IDs and search words: other sites learn none of them.
        { key: "Referrer-Policy", value: "no-referrer" },
        { key: "Permissions-Policy", value: "camera=(), microphone=(), geolocation=()" },
      ],
    },
  ],
};

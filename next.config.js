/**
 * Next inlines its own bootstrap scripts, hence 'unsafe-inline' for scripts until each answer carries a nonce; nothing of
 * a publisher's is ever rendered as HTML. No page asks a foreign host for anything.
 */
const contentSecurityPolicy = [
  "default-src 'self'",
  `script-src 'self' 'unsafe-inline'${process.env.NODE_ENV === "development" ? " 'unsafe-eval'" : ""}`,
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

/** @type {import("next").NextConfig} */
export default {
  poweredByHeader: false,
  reactStrictMode: true,
  // Native or worker-loading packages stay plain requires of the server.
  serverExternalPackages: ["argon2", "pino", "pg", "@prisma/client", "@prisma/adapter-pg", "@redocly/openapi-core"],
  // `npm test` checks types once for the whole tree; a second check in the build would double the wait of a first start.
  typescript: { ignoreBuildErrors: true },
  devIndicators: false,
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

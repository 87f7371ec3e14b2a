// Headers that say who calls, from where, or how a message is framed. Proxies, access managers and platforms set them, and
// what runs behind believes them, so a client's own must not pass: only we may say such things (T6, T7). CGI and what
// descends from it (PHP, WSGI, Rack, servlets) read a name with everything but letters and digits as one sign, so names are
// compared in that form. A set is added to where another product's header of the kind is found.

/** What a server, CGI or a proxy says of the client's address. */
const ADDRESS = [
  ...["client-ip", "clientip", "real-ip", "forwarded", "forwarded-for", "coming-from", "z-forwarded-for"],
  ...[
    "x-client-ip",
    "x-clientip",
    "x-real-ip",
    "x-realip",
    "x-originating-ip",
    "x-remote-ip",
    "x-host",
    "x-coming-from",
  ],
  ...["x-cluster-client-ip", "x-proxyuser-ip", "x-forward-for", "x-true-client-ip", "x-true-ip", "x-source-ip"],
  ...["x-forwarded", "x-forwarded-.*", "forwarded-.*", "x-original-.*", "x-rewrite-.*", "remote-.*", "x-remote-.*"],
  // httpoxy: CGI makes HTTP_PROXY of it, and clients of the backend's go through it.
  ...["proxy", "http-proxy", "x-http-host-override"],
  // Content networks and platforms.
  ...[
    "true-client-ip",
    "cf-connecting-.*",
    "cf-pseudo-ipv4",
    "cf-visitor",
    "cf-ipcountry",
    "fastly-client.*",
    "fastly-ssl",
  ],
  ...[
    "fly-client-ip",
    "fly-forwarded-.*",
    "do-connecting-ip",
    "x-azure-clientip",
    "x-azure-socketip",
    "x-appengine-.*",
  ],
  ...[
    "x-nf-client-connection-ip",
    "x-vercel-.*",
    "x-arr-.*",
    "x-envoy-.*",
    "ali-cdn-real-ip",
    "cdn-.*-ip",
    "x-akamai-.*",
  ],
  ...["akamai-.*", "wl-proxy-.*", "incap-client-ip", "x-sucuri-client-?ip", "x-client-srcip", "x-real-client-ip"],
];

/** Who calls, as an access manager or a gateway found out. */
const CALLER = [
  ...[
    "x-client-id",
    "x-client-(?:cert|dn|cn|verif|subject|issuer|serial|san|s-dn).*",
    "client-cert.*",
    "x-clientcert.*",
  ],
  ...["ssl-.*", "x-ssl-.*", "x-tls-.*", "tls-client-.*", "mtls-.*", "x-mtls-.*", "x-amzn-mtls-.*", "x-certificate-.*"],
  ...[
    "auth-user",
    "auth-type",
    "authenticated-.*",
    "x-authenticated-.*",
    "x-auth-(?:user|username|email|groups?|roles?)",
  ],
  ...[
    "x-auth-request-.*",
    "x-webauth-.*",
    "x-authentik-.*",
    "x-proxy-.*",
    "x-pomerium-.*",
    "tailscale-.*",
    "impersonate-.*",
  ],
  ...["x-consumer-.*", "x-anonymous-consumer", "x-credential-.*", "x-userinfo", "x-endpoint-api-.*", "x-apigateway-.*"],
  ...["x-goog-authenticated-.*", "x-goog-iap-.*", "x-amzn-oidc-.*", "x-ms-client-principal.*", "cf-access-.*"],
  ...[
    "x-jwt-assertion",
    "x-wso2-.*",
    "x-3scale-.*",
    "x-tyk-.*",
    "oidc-.*",
    "x-oidc-.*",
    "saml-.*",
    "x-saml-.*",
    "shib-.*",
  ],
  ...["iv-(?:user|groups|creds|remote-.*)", "sm-?(?:user.*|authtype|universalid|serversessionid|groups)", "x-sso-.*"],
  // Ours, and what the portal's own framework would obey.
  ...["x-gateway-proof", "x-portico-.*", "x-request-id", "x-global-transaction-id"],
  ...["next-action", "next-router-.*", "x-middleware-.*", "x-nextjs-.*", "x-invoke-.*", "x-matched-path"],
];

/** Framing and hop-by-hop headers in another spelling than their own (RFC 9110 7.6.1, RFC 9112 6). */
const FRAMING = [
  ...["content-length", "transfer-encoding", "keep-alive", "te", "trailer", "upgrade", "http2-settings", "proxy-.*"],
  ...["connection", "expect", "host", "via"],
];

/** CGI's own prefix, which some read as part of the name, and a sign at the end, which some cut off. */
const OURS = new RegExp(`^(?:http-)?(?:${[...ADDRESS, ...CALLER, ...FRAMING].join("|")})-*$`);

/** Whether only we may set a header; by its folded name. */
export const isOurs = (folded: string): boolean => OURS.test(folded);

/** What we read ourselves and let travel. */
const READ_BY_US = /^(?:authorization|content-type|content-encoding|origin)$/;
const READ_BY_US_FOLDED = /^(?:http-)?(?:authorization|content-type|content-encoding|origin)-*$/;

/** Whether a name is another spelling of a header that we read: a backend would go by a value that we did not see. */
export const isOtherSpelling = (lower: string, folded: string): boolean =>
  READ_BY_US_FOLDED.test(folded) && !READ_BY_US.test(lower);

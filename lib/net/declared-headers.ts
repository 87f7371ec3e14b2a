// Headers that a client sends to nobody unless a definition asks for them: what else says who calls, from where, by which
// scheme, which file is meant or which method. Some backends have them of their clients, so an operation may declare them;
// from anybody else they are a stranger's word (T6, T7). In the folded form of `foldedName`. Kinds rather than names.

/** The client's address, port and scheme, as content networks and load balancers say them. */
const ADDRESS = [
  "(?:.*-)?(?:client|cluster|remote|real|peer|connecting|visitor|source|src)-?(?:ip|ips|addr|address|port)",
  ...["x-real-(?:proto|host|scheme|user)", "x-forward-(?:proto|host|port|scheme|ip|user|server|ssl)", "x-forwardedfor"],
  ...["(?:x-)?https", "(?:x-)?url-scheme", "x-scheme", "front-end-https", "x-ms-(?:proxy|original-.*|forwarded-.*)"],
  ...["cloudfront-.*", "x-azure-(?:fdid|ref.*|requestchain)", "cf-(?:client-.*|ip.*|worker|ew-via)", "true-client-.*"],
];

/** Who calls. What is a client's own proof (X-RapidAPI-Key, X-Gravitee-Api-Key, X-Hasura-Admin-Secret) is none of them. */
const CALLER = [
  ...["x-vouch-.*", "oam-.*", "pf-auth-.*", "mellon-.*", "x-mellon-.*", "teleport-.*", "ajp-.*", "cas-.*", "x-cas-.*"],
  ...[
    "x-openid-?connect-.*",
    "x-openid-.*",
    "x-openam-.*",
    "x-siteminder-.*",
    "x-shib-.*",
    "shibboleth-.*",
    "x-spiffe-.*",
  ],
  ...["eppn", "eptid", "edu-?person.*", "persistent-id", "targeted-id", "(?:un)?scoped-affiliation"],
  ...[
    "x-ms-token-.*",
    "x-jwt-(?:payload|claims?.*|sub|subject|user.*)",
    "jwt-claims?.*",
    "x-claims?-.*",
    "x-trusted-.*",
  ],
  ...["x-mashery-.*", "x-kong-.*", "x-gravitee-(?!api-key$).*", "x-hasura-(?!admin-secret$).*"],
  "x-rapidapi-(?:proxy-secret|user|subscription|version|request-id)",
];

/** Which file a server in front hands out in place of the answer. */
const FILE = ["x-accel-.*", "x-sendfile.*", "x-send-file", "x-lighttpd-.*"];

/** By these a backend runs another operation than the one that was allowed. */
const METHOD = ["(?:x-)?http-method(?:-override)?", "(?:x-)?method-override"];

const GUARDED = new RegExp(`^(?:http-)?(?:${[...ADDRESS, ...CALLER, ...FILE, ...METHOD].join("|")})-*$`);

/** A name as CGI reads it: in lower case, "-" for each sign that is no letter and no digit. */
export const foldedName = (lower: string): string =>
  OTHER_SIGN.test(lower) ? lower.replace(/[^a-z0-9]/g, "-") : lower;
const OTHER_SIGN = /[^a-z0-9-]/;

/** Whether a header passes only where the operation declares it; by its folded name. */
export const needsDeclaration = (folded: string): boolean => GUARDED.test(folded);

/** Longest folded text that says what a name is: nothing that is listed is as long, CGI's prefix included. */
export const NAME_READ_MAX = 48;
/** Characters of a longer name's end that are read as well: "cdn-…-ip". */
const END_READ = 12;

/** The text by which a name is recognised: the name folded, or of a longer one its head and its end. */
export const recognisedBy = (lower: string, head: string): string =>
  lower.length > NAME_READ_MAX ? `${head}${foldedName(lower.slice(-END_READ))}` : head;

import { stringify } from "yaml";
import { CLIENT_ID_SCHEME } from "./open-rules.ts";

/**
 * The text that a new API starts with: one operation, so that it can be published and tested at once, and the client
 * ID definition (S83), applied. Browsers of other origins may call it, as they may call a new API of API Connect.
 */
export function newDefinition({ title, basePath }: { title: string; basePath: string }): string {
  const scalar = (value: string) => stringify(value, { lineWidth: 0 }).trim();
  return `openapi: 3.0.3
info:
  title: ${scalar(title)}
  version: 1.0.0
servers:
  # The base path: the part of the gateway's address behind organization and catalog.
  - url: ${scalar(basePath)}

# Every operation asks for this, unless it has a list of its own.
security:
  - clientId: []

paths:
  /:
    get:
      operationId: getRoot
      summary: Read the root of the backend
      responses:
        "200":
          description: What the backend answers

components:
  securitySchemes:
    clientId:
      type: ${CLIENT_ID_SCHEME.type}
      in: ${CLIENT_ID_SCHEME.in}
      name: ${CLIENT_ID_SCHEME.name}
      x-key-type: ${CLIENT_ID_SCHEME["x-key-type"]}
      description: Identifies the calling application. It is not confidential.

x-ibm-configuration:
  # The gateway answers browsers of other origins; x-portico.cors can list those that may call.
  cors:
    enabled: true
`;
}

import type { ErrorCode } from "#lib/errors/catalogue.ts";

interface Words {
  code: Extract<ErrorCode, "NAME_TAKEN" | "CONFLICT">;
  detail: string;
}

const taken = (detail: string): Words => ({ code: "NAME_TAKEN", detail });
const twice = (detail: string): Words => ({ code: "CONFLICT", detail });

/**
 * What a person is told when two deeds at once would break a unique constraint, by its name in the database; a use case
 * that has a field for it says so beside the field (`transaction`). Nothing was changed. `unique-violations.test.ts`
 * compares with the migrated database.
 */
export const uniqueViolations: Readonly<Record<string, Words>> = {
  User_email_key: taken("An account with this address exists. Sign in instead."),
  Organization_slug_key: taken("Another organization took this name a moment ago. Try again."),
  Membership_organizationId_userId_key: twice("This person became a member a moment ago. Load the page again."),
  Invitation_live_key: twice("This person was invited a moment ago. Load the page again to see the invitation."),
  Invitation_tokenHash_key: twice("The invitation could not be made. Invite again."),
  Space_pathPrefix_key: taken("Another organization took this path prefix a moment ago. Try again."),
  Space_default: twice("Somebody set this organization up as a provider a moment ago. Load the page again."),
  Catalog_organizationId_slug_key: taken("Another catalog of this organization has this name."),
  Catalog_default: twice("Somebody set this organization up as a provider a moment ago. Load the page again."),
  ApiDefinition_spaceId_name_version_key: taken(
    "Another API took this title and version a moment ago. Choose another title or version.",
  ),
  ApiRevision_apiDefinitionId_hash_key: twice("This text was published by somebody else a moment ago. Publish again."),
  Operation_revisionId_key_key: twice("This text was published by somebody else a moment ago. Publish again."),
  Backend_apiDefinitionId_catalogId_key: twice("Somebody set this backend a moment ago. Load the page again."),
  Product_spaceId_name_version_key: taken("A product of this name has this version. Choose another version."),
  ProductApi_pkey: twice("This API is in the product already. Load the page again."),
  Plan_productId_name_key: taken("Another plan of this product has this name."),
  ProductRelease_productId_catalogId_key: twice("Somebody published this product a moment ago. Publish again."),
  ReleasePlan_releaseId_name_key: twice("Somebody published this product a moment ago. Publish again."),
  ReleasePlan_releaseId_planId_key: twice("Somebody published this product a moment ago. Publish again."),
  ReleaseApi_pkey: twice("Somebody published this product a moment ago. Publish again."),
  PublishedApi_apiDefinitionId_catalogId_key: twice("Somebody published this API a moment ago. Publish again."),
  PublishedApi_spaceId_catalogId_basePath_key: taken(
    "Another API was published at this base path a moment ago. Choose another base path.",
  ),
  PublishedApi_catalogId_slug_key: taken(
    "Another API has this name and version in the catalog. Choose another title or version.",
  ),
  ApiAddress_catalogId_slug_key: taken(
    "Another API took this address in the catalog a moment ago. Choose another title.",
  ),
  ApiAddressVersion_pkey: twice("Somebody published this API a moment ago. Publish again."),
  Credential_clientId_key: twice("The client ID could not be made. Try again."),
  ServiceId_applicationId_name_key: taken("Another service ID of this application has this name."),
  ServiceIdApi_pkey: twice("This API is in the policy already. Load the page again."),
  SandboxTestCredential_pkey: twice("The test application of this sandbox was made a moment ago. Load the page again."),
  SandboxTestCredential_credentialId_key: twice(
    "The test application of this sandbox was made a moment ago. Load the page again.",
  ),
  Subscription_one_in_force: twice(
    "The application was subscribed to this product a moment ago. Load the page again to see its plan.",
  ),
  Subscription_one_pending: twice(
    "The application asked for a plan of this product a moment ago. Load the page again to see which.",
  ),
};

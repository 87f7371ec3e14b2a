import type { CompiledApi, CompiledForm } from "./compiled.ts";

/**
 * What a definition compiles to is of this version: the compiled form, its operations and their slices. Raise it with each
 * change of that; compiler.test.ts notices. What is published of an older version is then compiled anew from its stored
 * source (renew-revisions.ts). 1 is 6d82abc's, which knew of no versions.
 */
export const COMPILER_VERSION = 3;

/**
 * The newest form. Raise it when a gateway of the version before would misunderstand what the compiler writes, say in
 * `firstReader` which reads it, and in `inForm` how the same is told to those before, as long as there are such.
 */
export const NEWEST_FORM = 2 satisfies CompiledForm;

/** First version of the software whose gateways read a form. */
export const firstReader: Record<CompiledForm, string> = { 1: "0.0.0", 2: "0.2.0" };

/** The same API in the form that all gateways read. So far the forms differ in their number alone. */
export const inForm = (compiled: CompiledApi, form: CompiledForm): CompiledApi => ({ ...compiled, format: form });

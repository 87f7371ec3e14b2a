import { redirect } from "next/navigation";
import { paths } from "#lib/paths.ts";

/** The catalog is the portal's front page. */
export default function Home() {
  redirect(paths.catalog());
}

import { runStack } from "./stack.ts";

await runStack("development");

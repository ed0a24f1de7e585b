/** The flag of all servers that says where probes are answered. */
import { flag, text } from "../../flag.ts";

export const httpFlag = flag(text().optional(), {
  about: "answer /healthz, /readyz and /metrics here",
  value: "HOST:PORT",
});

/** The flag of all servers that says where probes are answered. */
import { flag, text, toggle } from "../../flag.ts";

export const httpFlag = flag(text().optional(), {
  about: "answer /healthz, /readyz and /metrics here",
  value: "HOST:PORT",
});

export const httpMonitorFlag = toggle(
  "let whoever reaches --http watch a sample of the requests at /monitor (mq monitor)",
);

export const httpProfileFlag = toggle(
  "let whoever reaches --http take profiles at /profile and /heap (mq debug profile); a heap has texts of messages in it",
);

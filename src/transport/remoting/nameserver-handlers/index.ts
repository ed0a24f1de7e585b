/** All requests that a nameserver answers. */
import type { Log } from "../../../io/log.ts";
import type { Nameserver } from "../../../nameserver/nameserver.ts";
import type { Session } from "../../session.ts";
import { Dispatch } from "../dispatch.ts";
import { configHandlers } from "./config.ts";
import { registrationHandlers } from "./registration.ts";
import { routeHandlers } from "./route.ts";

/** What receives the frames of a nameserver's listener. */
export function createNameserverDispatch(
  nameserver: Nameserver,
  options: { readonly isAdminAllowed: boolean; readonly log: Log },
): Dispatch<Nameserver> {
  const links = new Set<Session>();
  const noteLink = (session: Session): void => {
    if (!links.has(session)) {
      links.add(session);
      session.onClose(() => {
        links.delete(session);
        nameserver.linkClosed(session);
      });
    }
  };
  return new Dispatch({
    services: nameserver,
    handlers: [...configHandlers, ...registrationHandlers(noteLink), ...routeHandlers],
    frameHandlers: [],
    isAdminAllowed: options.isAdminAllowed,
    log: options.log,
  });
}

/** Which settings of a server may leave it: secrets never do. */

/** Names of settings whose values open doors. RocketMQ's own are among them: innerClientAuthenticationCredentials, initAuthenticationUser. */
const secretName =
  /pass(word|phrase|wd)?$|secret|token|credential|accesskey|privatekey|AuthenticationUser$/i;
/** A value that carries one, whatever its name. */
const secretValue = /"?(password|secretKey|accessKey|token)"?\s*[:=]/i;

/** By name, without those that nobody else should read. */
export function openSettings(
  settings: ReadonlyMap<string, string>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...settings]
      .filter(
        ([name, value]) => value === "" || !(secretName.test(name) || secretValue.test(value)),
      )
      .sort(([left], [right]) => (left < right ? -1 : 1)),
  );
}

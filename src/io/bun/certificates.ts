/** Certificates by Bun's TLS. Its modules are loaded when somebody asks: no start pays for them. */
import type { X509Certificate } from "node:crypto";
import type { Certificate, CertificatePort, Presented } from "../certificates.ts";
import { type Address, NetworkError } from "../network.ts";

/** Longer chains are nobody's; a server must not send us round in circles. */
const chainMax = 16;
const pemBlock = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

type Options = Parameters<CertificatePort["presentedBy"]>[1];

async function presentedBy(
  { host, port }: Address,
  { timeoutMs, signal, authorities, name }: Options,
): Promise<Presented> {
  const [{ connect }, { X509Certificate }, { isIP }] = await Promise.all([
    import("node:tls"),
    import("node:crypto"),
    import("node:net"),
  ]);
  return await new Promise((resolve, reject) => {
    const asked = name ?? host;
    const socket = connect({
      ...{ host, port, rejectUnauthorized: false },
      ...(authorities === undefined ? {} : { ca: authorities }),
      // Names are looked at below: whoever only wants dates is not asked for one.
      checkServerIdentity: () => undefined,
      ...(isIP(asked) === 0 ? { servername: asked } : {}),
    });
    const leave = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", leave);
      socket.destroy();
    };
    const fail = (why: string): void => {
      leave();
      reject(new NetworkError(`${host}:${port} ${why}`));
    };
    const timer = setTimeout(
      () => fail(`did not finish a TLS handshake in ${timeoutMs} ms`),
      timeoutMs,
    );
    signal.addEventListener("abort", leave);
    socket.once("error", (error) => fail(meaning(error)));
    socket.once("close", () => fail("closed the connection during the TLS handshake"));
    socket.once("secureConnect", () => {
      const chain: X509Certificate[] = [];
      let next = socket.getPeerCertificate(true);
      while (next?.raw !== undefined && chain.length < chainMax) {
        chain.push(new X509Certificate(next.raw));
        const above = next.issuerCertificate;
        if (above === undefined || above === next || above.raw?.equals(next.raw)) {
          break;
        }
        next = above;
      }
      const [own] = chain;
      const distrust = socket.authorizationError;
      leave();
      if (own === undefined) {
        reject(new NetworkError(`${host}:${port} presented no certificate`));
        return;
      }
      const isFor = name === undefined || isIssuedFor(own, name, isIP(name) !== 0);
      resolve({
        chain: chain.map(certificateOf),
        doubt: isFor
          ? authorities === undefined || distrust === undefined || distrust === null
            ? undefined
            : String(distrust)
          : `it is not for '${name}'`,
      });
    });
  });
}

function isIssuedFor(certificate: X509Certificate, name: string, isAddress: boolean): boolean {
  return (isAddress ? certificate.checkIP(name) : certificate.checkHost(name)) !== undefined;
}

/** What a failed handshake says of the server. */
function meaning(error: Error): string {
  const code = "code" in error ? String(error.code) : "";
  if (code === "ECONNREFUSED") {
    return "refused the connection";
  }
  return code === "ECONNRESET" || code === "ERR_SSL_WRONG_VERSION_NUMBER"
    ? "does not speak TLS"
    : `could not be asked: ${error.message}`;
}

function certificateOf({ subject, validFrom, validTo }: X509Certificate): Certificate {
  return {
    subject: subject.replaceAll("\n", ","),
    validFromMs: Date.parse(validFrom),
    validToMs: Date.parse(validTo),
  };
}

async function parse(pem: string): Promise<readonly Certificate[]> {
  const { X509Certificate } = await import("node:crypto");
  return (pem.match(pemBlock) ?? []).map((block) => certificateOf(new X509Certificate(block)));
}

export function createBunCertificates(): CertificatePort {
  return { presentedBy, parse };
}

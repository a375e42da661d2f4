/**
 * Solves an ALTCHA challenge, version 2: find the counter with which PBKDF2 over nonce and
 * counter begins with the wanted prefix. Loaded only when the server asks for it.
 */

/**
 * @typedef {{algorithm: string, nonce: string, salt: string, cost: number, keyLength: number,
 *   keyPrefix: string}} Parameters
 */

/**
 * @param {{parameters: Parameters, signature: string}} challenge
 * @returns {Promise<string>} what the form's `altcha` field takes
 */
export async function solve(challenge) {
  const { algorithm, nonce, salt, cost, keyLength, keyPrefix } = challenge.parameters;
  const [kind, hash] = algorithm.split("/");
  if (kind !== "PBKDF2" || !hash) throw new Error(`cannot solve ${algorithm}`);
  const start = unhex(nonce);
  const password = new Uint8Array(start.length + 4);
  password.set(start);
  const rule = { name: "PBKDF2", hash, salt: unhex(salt), iterations: cost };
  for (let counter = 0; ; counter++) {
    new DataView(password.buffer).setUint32(start.length, counter);
    const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    const bits = await crypto.subtle.deriveBits(rule, key, keyLength * 8);
    const derivedKey = hex(new Uint8Array(bits));
    if (derivedKey.startsWith(keyPrefix.toLowerCase())) {
      return btoa(JSON.stringify({ challenge, solution: { counter, derivedKey } }));
    }
  }
}

/** @param {string} text */
function unhex(text) {
  return new Uint8Array((text.match(/../g) ?? []).map((pair) => parseInt(pair, 16)));
}

/** @param {Uint8Array} bytes */
function hex(bytes) {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// SPDX-FileCopyrightText: 2026 The wazi authors
// SPDX-License-Identifier: Apache-2.0
// The certified `oidc-provider` with a login form of one field. Its settings come as JSON in the first argument:
// {host, clients, accounts: {NAME: claims}, jwks, features, acr_values, scopes: {SCOPE: [claim]}, algorithms}. Its issuer goes to the standard output.
// Whoever signs in agrees at once to what is asked for, and has proved it in the first way that was asked for.

import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { Provider } from "oidc-provider";

const settings = JSON.parse(process.argv[2]);
let provider;

const server = createServer(async (request, response) => {
  if (!request.url.startsWith("/interaction/")) return provider.callback()(request, response);
  const { params } = await provider.interactionDetails(request, response);
  if (request.method === "GET") {
    response.setHeader("content-type", "text/html");
    return response.end('<form method="post"><input name="login"><button>Sign in</button></form>');
  }
  const accountId = new URLSearchParams(await text(request)).get("login");
  if (!accountId) return provider.interactionFinished(request, response, { error: "access_denied" });
  const grant = new provider.Grant({ accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  grant.addOIDCClaims(Object.keys(JSON.parse(params.claims ?? "{}").userinfo ?? {}));
  const login = { accountId, acr: params.acr_values?.split(" ")[0] };
  return provider.interactionFinished(request, response, { login, consent: { grantId: await grant.save() } });
});

server.listen(0, "127.0.0.1", () => {
  const issuer = `http://${settings.host}:${server.address().port}`;
  provider = new Provider(issuer, {
    clients: settings.clients,
    jwks: settings.jwks,
    acrValues: settings.acr_values,
    cookies: { keys: ["only for tests"] },
    claims: { openid: ["sub"], acr: null, ...settings.scopes },
    enabledJWA: settings.algorithms,
    features: { devInteractions: { enabled: false }, ...settings.features },
    ...(settings.pairwise && {
      subjectTypes: ["pairwise"],
      pairwiseIdentifier: (_, account, client) => `${account}-of-${client.clientId}`,
    }),
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    pkce: { required: () => true },
    findAccount: (_, id) => settings.accounts[id] && { accountId: id, claims: () => ({ sub: id, ...settings.accounts[id] }) },
  });
  console.log(issuer);
});

package io.github.mockauth0;

import java.util.List;

/**
 * Which tokens to ask for. What is null has a default.
 *
 * @param clientId the client that signs the user in; default {@link MockAuth0#clientId()}
 * @param audience the API that the access token is for; default the first one
 * @param scopes default openid, profile, email, offline_access and all scopes of the API
 */
public record TokenRequest(String clientId, String audience, List<String> scopes) {
  /** Asks for these scopes. */
  public static TokenRequest scopes(String... scopes) {
    return new TokenRequest(null, null, List.of(scopes));
  }
}

package io.github.mockauth0;

import java.time.Duration;

/**
 * How a user is signed in. What is null has a default.
 *
 * @param clientId an app: the answer then has its tokens, too
 * @param organization the organization through which the user signs in, by its name or id; who is no member becomes one
 * @param audience the API of the access token, with clientId
 * @param scope the scopes of the tokens, with clientId; default openid profile email
 * @param mfa whether the user has given a second factor, too
 * @param ttl how long the session lasts; default as long as Auth0's
 */
public record SessionRequest(String clientId, String organization, String audience, String scope, boolean mfa, Duration ttl) {
  /** Signs in through an organization. */
  public static SessionRequest through(String organization) {
    return new SessionRequest(null, organization, null, null, false, null);
  }

  /** Asks for the tokens of an app, with these scopes. */
  public static SessionRequest tokensOf(String clientId, String... scopes) {
    return new SessionRequest(clientId, null, null, scopes.length == 0 ? null : String.join(" ", scopes), false, null);
  }
}

package io.github.mockauth0;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What a client gets when a user signs in.
 *
 * @param accessToken the access token
 * @param refreshToken empty without the scope offline_access
 * @param idToken empty without the scope openid
 * @param tokenType Bearer
 * @param scopes the scopes that were granted
 * @param expiresIn how long the access token is valid
 * @param claims those of the ID token
 */
public record Tokens(
    String accessToken, String refreshToken, String idToken, String tokenType, List<String> scopes, Duration expiresIn,
    Map<String, Object> claims) {}

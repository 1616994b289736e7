#!/bin/sh
# Signs a user in with a code by e-mail, with nothing but curl and a shell.
set -eu

# exec sets what is used here: https at AUTH0_ISSUER_BASE_URL, which CURL_CA_BUNDLE
# lets curl trust, is the app's side of the tenant, MOCKAUTH0_URL the test's.
: "${MOCKAUTH0_URL:?run this under mockauth0 exec}"

# An address of this run's own: whoever else uses the server is not disturbed.
email="ada+$$-$(date +%s)@example.com"

# With --fail-with-body a refusal is a failure that still prints why.
call() { curl --silent --show-error --fail-with-body --max-time 30 "$@"; }

fail() { echo "$*" >&2; exit 1; }

# member NAME prints a string of the JSON object on stdin. It does for answers
# whose strings hold no quotes, as these do.
member() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }

# redeem CODE asks for tokens. --data-urlencode turns the + of an address into
# %2B: in a form a bare + is a space.
redeem() {
  call "$AUTH0_ISSUER_BASE_URL/oauth/token" \
    --data-urlencode "grant_type=http://auth0.com/oauth/grant-type/passwordless/otp" \
    --data-urlencode "client_id=$AUTH0_CLIENT_ID" \
    --data-urlencode "client_secret=$AUTH0_CLIENT_SECRET" \
    --data-urlencode "realm=email" \
    --data-urlencode "username=$email" \
    --data-urlencode "otp=$1" \
    --data-urlencode "audience=$AUTH0_AUDIENCE" \
    --data-urlencode "scope=openid profile email"
}

# 1. Where the outbox ends before anything is sent: what comes after is new.
since=$(call "$MOCKAUTH0_URL/_mock/outbox/cursor")

# 2. Ask for a code.
started=$(call "$AUTH0_ISSUER_BASE_URL/passwordless/start" \
  --data-urlencode "client_id=$AUTH0_CLIENT_ID" \
  --data-urlencode "client_secret=$AUTH0_CLIENT_SECRET" \
  --data-urlencode "connection=email" \
  --data-urlencode "email=$email" \
  --data-urlencode "send=code") || fail "no code was sent: $started"

# 3. Read it, as soon as it is there. $(…) drops the newline behind it.
code=$(call --get "$MOCKAUTH0_URL/_mock/outbox/code" \
  --data-urlencode "to=$email" \
  --data-urlencode "since=$since" \
  --data-urlencode "wait=10s") || fail "no code came: $code"

# 4. Exchange it for tokens.
tokens=$(redeem "$code") || fail "no tokens: $tokens"
access_token=$(echo "$tokens" | member access_token)

# 5. See who signed in.
profile=$(call "$AUTH0_ISSUER_BASE_URL/userinfo" --header "Authorization: Bearer $access_token") || fail "no profile: $profile"
[ "$(echo "$profile" | member email)" = "$email" ] || fail "somebody else signed in: $profile"

# A code counts once.
again=$(redeem "$code" 2>/dev/null) && fail "the code counted twice"
[ "$(echo "$again" | member error_description)" = "Wrong email or verification code." ] || fail "refused for another reason: $again"

echo "signed in, and once only"

# Made from the OpenAPI document of the control API by go test ./docs -update.
from typing import Any, Literal, TypedDict, Union

from typing_extensions import NotRequired

AppCode = TypedDict("AppCode", {
    "code": str,
    "expires_at": str,
    "expires_in": int,
})

Attachment = TypedDict("Attachment", {
    "content_id": NotRequired[str],
    "content_type": str,
    "file_name": str,
    "part": str,
    "size": int,
})

ClockMove = TypedDict("ClockMove", {
    # How far to move forward, such as 3m, 24h, or 180 for as many seconds.
    "advance": NotRequired[Union[float, str]],
    # true stops the clock where it is, false lets it run on.
    "freeze": NotRequired[bool],
    # true goes back to real time.
    "reset": NotRequired[bool],
    # The time at which to stop the clock, RFC 3339.
    "set": NotRequired[str],
})

ClockState = TypedDict("ClockState", {
    "now": str,
    "offset": NotRequired[str],
    "running": bool,
})

Counts = TypedDict("Counts", {
    "auth_codes": int,
    "challenges": int,
    "device_codes": int,
    "dropped_auth_codes": int,
    "dropped_challenges": int,
    "dropped_device_codes": int,
    "dropped_invitations": int,
    "dropped_logs": int,
    "dropped_refresh_tokens": int,
    "dropped_sessions": int,
    "invitations": int,
    "logs": int,
    "refresh_tokens": int,
    "sessions": int,
    "users": int,
})

Credential = TypedDict("Credential", {
    "code": NotRequired[str],
    "expires_at": NotRequired[str],
    "id": str,
    "link": NotRequired[str],
    "otp_state": str,
    "to": str,
})

Deletion = TypedDict("Deletion", {
    "deleted": int,
})

DeviceAnswer = TypedDict("DeviceAnswer", {
    # What the user says to the device.
    "answer": Union[Literal["approve"], Literal["deny"]],
    # Who approves: a user_id, an e-mail address, a phone number or a username.
    "user": NotRequired[str],
})

DeviceCode = TypedDict("DeviceCode", {
    # The audience that the device asks for.
    "audience": NotRequired[str],
    # The client.
    "client_id": str,
    # The code with which the device asks for its tokens.
    "device_code": str,
    # When the codes end.
    "expires_at": NotRequired[str],
    # The scope that the device asks for.
    "scope": NotRequired[str],
    # The claim sid: the session of the browser in which the user approved.
    "sid": NotRequired[str],
    # What the user has answered, or that the codes have expired.
    "state": Union[Literal["approved"], Literal["denied"], Literal["expired"], Literal["pending"]],
    # The code that the device shows.
    "user_code": str,
    # The user who approved.
    "user_id": NotRequired[str],
})

Expect = TypedDict("Expect", {
    # A number, or a lower limit such as ">=1".
    "fired": NotRequired[Union[int, str]],
})

Failure = TypedDict("Failure", {
    "expected": str,
    "fired": int,
    "message": str,
    "name": str,
    "near_misses": list[str],
})

Fixture = TypedDict("Fixture", {
    # Captchas, and the protection against attacks.
    "attack_protection": NotRequired[dict[str, Any]],
    # The look of the pages.
    "branding": NotRequired[dict[str, Any]],
    # The APIs and scopes that a client may use with client_credentials.
    "client_grants": NotRequired[list[dict[str, Any]]],
    # Applications. testkit's ClientID is the first one.
    "clients": NotRequired[list[dict[str, Any]]],
    # The tenant's clock.
    "clock": NotRequired[dict[str, Any]],
    # Passwordless and database connections.
    "connections": NotRequired[list[dict[str, Any]]],
    # Custom domains. They have no effect: requests may use any host name.
    "custom_domains": NotRequired[list[dict[str, Any]]],
    # Who sends the tenant's e-mails. Kept; only default_from_address has an effect.
    "email_provider": NotRequired[dict[str, Any]],
    # The tenant's own e-mail templates.
    "email_templates": NotRequired[list[dict[str, Any]]],
    # Webhooks that get events about users.
    "event_streams": NotRequired[list[dict[str, Any]]],
    # A built-in fixture. Each section that this file does not have is taken from it. Grants and users that are taken this way are left out if their client, API or connection does not exist. A loaded fixture has no extends.
    "extends": NotRequired[Union[Literal["default"], Literal["minimal"], Literal["strict"]]],
    # Multi-factor authentication.
    "guardian": NotRequired[dict[str, Any]],
    # The signing keys.
    "keys": NotRequired[dict[str, Any]],
    # Rate limits.
    "limits": NotRequired[dict[str, Any]],
    # Webhooks that get the entries of the tenant's log.
    "log_streams": NotRequired[list[dict[str, Any]]],
    # Organizations: business customers of the tenant, with members who sign in through them.
    "organizations": NotRequired[list[dict[str, Any]]],
    # How the mock makes one-time passwords.
    "otp": NotRequired[dict[str, Any]],
    # The login pages.
    "prompts": NotRequired[dict[str, Any]],
    # APIs. The identifier is the audience.
    "resource_servers": NotRequired[list[dict[str, Any]]],
    # Roles of users, which give permissions.
    "roles": NotRequired[list[dict[str, Any]]],
    # Scenarios that are on from the start, in this order. Each is the name of a built-in scenario, or a file, relative to this file.
    "scenarios": NotRequired[list[str]],
    # The part of an export that is not in a fixture: refresh tokens and counters. Do not write it by hand.
    "state": NotRequired[dict[str, Any]],
    # The tenant itself.
    "tenant": NotRequired[dict[str, Any]],
    # Users who exist before the first login.
    "users": NotRequired[list[dict[str, Any]]],
    # The version of this format: 1.
    "version": Literal[1],
})

Health = TypedDict("Health", {
    "clock": "ClockState",
    "dropped_messages": int,
    "dropped_readers": int,
    "dropped_requests": int,
    "fixture": str,
    "fixture_error": NotRequired[str],
    "holds": "Counts",
    "messages": int,
    "requests": int,
    "scenario_error": NotRequired[str],
    "signatures": int,
    "status": str,
    "streams": NotRequired[list["Counts"]],
    "version": NotRequired[str],
    "warnings": NotRequired[list[str]],
})

Hit = TypedDict("Hit", {
    "at": str,
    "effect": str,
    "key": NotRequired[str],
    "request_id": str,
})

Log = TypedDict("Log", {
    "description": str,
    "log_id": str,
    "type": str,
})

Message = TypedDict("Message", {
    "attachments": NotRequired[list["Attachment"]],
    "client_id": str,
    "code": str,
    "codes": list[str],
    "connection": str,
    "created_at": str,
    "deliver_at": NotRequired[str],
    "delivered_at": Union[None, str],
    "expires_at": NotRequired[str],
    "from": str,
    "html": str,
    "id": str,
    "kind": str,
    "language": str,
    "link": str,
    "links": list[str],
    "note": NotRequired[str],
    "otp_state": str,
    "purpose": str,
    "recipients": list[str],
    "relay": NotRequired["Relay"],
    "scenario": str,
    "send": str,
    "seq": Union[None, int],
    "state": str,
    "subject": str,
    "text": str,
    "to": str,
})

Minted = TypedDict("Minted", {
    "token": str,
})

Minting = TypedDict("Minting", {
    # The claims. iss, iat and exp are filled in if absent.
    "claims": NotRequired[dict[str, Any]],
    # current (default) signs, or the secret of an API or client with HS256 that is the aud; rogue gives a signature that neither verifies.
    "key": NotRequired[Union[Literal["current"], Literal["rogue"]]],
    # Instead of claims: the scopes of an access token for the Management API.
    "management": NotRequired[list[str]],
})

NoMessageError = TypedDict("NoMessageError", {
    "delivered": int,
    "dropped": int,
    "hint": NotRequired[str],
    "lost": list["Summary"],
    "now": str,
    "queued": list["Summary"],
    "running": bool,
    "seen": list["Summary"],
    "wanted": str,
})

Page = TypedDict("Page", {
    "cursor": str,
    "dropped": int,
    "items": list["Message"],
    "missed": NotRequired[int],
})

Problem = TypedDict("Problem", {
    "column": int,
    "line": int,
    "message": str,
    "path": str,
})

PushAnswer = TypedDict("PushAnswer", {
    # What the user does.
    "answer": Union[Literal["accept"], Literal["reject"]],
    # The user_id, e-mail address or phone number.
    "user": str,
})

Reached = TypedDict("Reached", {
    "domain": str,
    "issuer": str,
    "name": str,
    "port": NotRequired[int],
    "tls_url": NotRequired[str],
    "url": str,
})

Refused = TypedDict("Refused", {
    "error": str,
    "error_description": NotRequired[str],
    "errors": NotRequired[list["Problem"]],
    "outbox": NotRequired["NoMessageError"],
    "unmet": NotRequired[list["Failure"]],
})

Relay = TypedDict("Relay", {
    "error": NotRequired[str],
    "state": str,
})

Request = TypedDict("Request", {
    "at": str,
    "client_id": NotRequired[str],
    "duration_ms": float,
    "error": NotRequired[str],
    "error_description": NotRequired[str],
    "hint": NotRequired[str],
    "id": str,
    "logs": NotRequired[list["Log"]],
    "method": str,
    "organization": NotRequired[str],
    "params": dict[str, Any],
    "path": str,
    "scenario": NotRequired[str],
    "sdk": NotRequired["SDK"],
    "status": int,
    "user_agent": NotRequired[str],
})

RequestList = TypedDict("RequestList", {
    "dropped": int,
    "items": list["Request"],
})

Rotation = TypedDict("Rotation", {
    "kid": str,
})

RuleStatus = TypedDict("RuleStatus", {
    "fired": int,
    "forgotten": NotRequired[int],
    "id": str,
    "last": list["Hit"],
    "matched": int,
    "near_misses": list[str],
    "shadowed": int,
    "skipped": dict[str, Any],
})

SDK = TypedDict("SDK", {
    "env": NotRequired[dict[str, Any]],
    "name": str,
    "version": NotRequired[str],
})

ScenarioList = TypedDict("ScenarioList", {
    "available": list[str],
    "descriptions": NotRequired[dict[str, Any]],
    "items": list["Status"],
})

ScenarioRequest = dict[str, Any]

Setup = TypedDict("Setup", {
    "clients": NotRequired[list[dict[str, Any]]],
    "connections": NotRequired[list[dict[str, Any]]],
    "domain": NotRequired[str],
    "friendly_name": NotRequired[str],
    "has_ca": NotRequired[bool],
    "issuer": NotRequired[str],
    "keys": NotRequired[dict[str, Any]],
    "resource_servers": NotRequired[list[dict[str, Any]]],
})

Solution = TypedDict("Solution", {
    "answer": str,
    "flow": str,
    "state": NotRequired[str],
})

Status = TypedDict("Status", {
    "active": bool,
    "by": str,
    "description": NotRequired[str],
    "id": str,
    "name": str,
    "narrowed": NotRequired[dict[str, Any]],
    "rules": list["RuleStatus"],
    "since": str,
    "times": NotRequired[int],
    "until": NotRequired[str],
})

Summary = TypedDict("Summary", {
    "at": str,
    "deliver_at": NotRequired[str],
    "id": str,
    "kind": str,
    "note": NotRequired[str],
    "otp_state": str,
    "scenario": NotRequired[str],
    "state": str,
    "to": str,
})

User = TypedDict("User", {
    # Kept and returned.
    "app_metadata": NotRequired[dict[str, Any]],
    # The user may not sign in.
    "blocked": NotRequired[bool],
    # Custom claims (with a namespace) that an Action would add to the user's ID and access tokens.
    "claims": NotRequired[dict[str, Any]],
    # The name of the connection. Default: the first connection of the right strategy. That is the strategy of user_id; else auth0 for a user with a password or a username, email for a user with an email, sms for a user with a phone_number.
    "connection": NotRequired[str],
    # When the user was created. Default: the time at which the tenant starts.
    "created_at": NotRequired[str],
    # A hash of the password by another algorithm, as in an import of users.
    "custom_password_hash": NotRequired[dict[str, Any]],
    # Public keys of devices. They have no effect: the Management API lists them.
    "device_credentials": NotRequired[list[dict[str, Any]]],
    # The e-mail address.
    "email": NotRequired[str],
    # Whether the address is verified.
    "email_verified": NotRequired[bool],
    # The family name.
    "family_name": NotRequired[str],
    # The given name.
    "given_name": NotRequired[str],
    # Accounts that were linked to the user, who can sign in with them, too.
    "identities": NotRequired[list[dict[str, Any]]],
    # When the user last signed in.
    "last_login": NotRequired[str],
    # When the password was last changed.
    "last_password_reset": NotRequired[str],
    # How often the user has signed in.
    "logins_count": NotRequired[int],
    # The user's second factors.
    "mfa": NotRequired[list[dict[str, Any]]],
    # Every login of the user needs a second factor, whatever guardian.policies says.
    "mfa_required": NotRequired[bool],
    # The name. Default: the address, the username or the number.
    "name": NotRequired[str],
    # The nickname. Default: the address up to the @, the username or the number.
    "nickname": NotRequired[str],
    # The password of a database user.
    "password": NotRequired[str],
    # The bcrypt hash of the password of a database user, instead of password. When the user signs in the mock learns the password, and keeps that.
    "password_hash": NotRequired[str],
    # RBAC permissions by audience, beside those of the roles.
    "permissions": NotRequired[dict[str, Any]],
    # The phone number in E.164 form, in quotes: "+12025550101".
    "phone_number": NotRequired[str],
    # Whether the number is verified.
    "phone_verified": NotRequired[bool],
    # The URL of a picture. Default: that of gravatar.com for an e-mail address, Auth0's picture of letters for a phone number.
    "picture": NotRequired[str],
    # The roles, by name or id. Roles in an organization are in its members.
    "roles": NotRequired[list[str]],
    # A client of the Management API has set blocked to false. The API shows it then, as Auth0 does.
    "unblocked": NotRequired[bool],
    # When the user was last changed. Default: created_at.
    "updated_at": NotRequired[str],
    # strategy|id, as in email|5f7c8ec7c33c6c004bbafe82. Default: computed from the seed, the connection and the address.
    "user_id": NotRequired[str],
    # Kept and returned.
    "user_metadata": NotRequired[dict[str, Any]],
    # The username of a database user, in lower case.
    "username": NotRequired[str],
})

Verified = TypedDict("Verified", {
    "checked": int,
    "status": str,
})

"""What a back end does with a user, by auth0-python: journey.py <the environment of mockauth0 exec

Its models refuse an answer that has not Auth0's shape. Each step says "ok: STEP" or
"failed: STEP", with the reason on standard error.
"""

import os
import sys
import traceback
import urllib.parse
import urllib.request
from json import loads

from auth0.authentication import GetToken, Passwordless
from auth0.authentication.exceptions import Auth0Error
from auth0.management import ManagementClient
from auth0.management.core.api_error import ApiError

domain, mock = os.environ["AUTH0_DOMAIN"], os.environ["MOCKAUTH0_URL"]
web, secret = os.environ["AUTH0_CLIENT_ID"], os.environ["AUTH0_CLIENT_SECRET"]
email, guest = "auth0-python@example.com", "auth0-python-guest@example.com"
management = ManagementClient(domain=domain, client_id="acme-m2m", client_secret="acme-m2m-secret")
tokens = GetToken(domain, web, client_secret=secret)
failed = False


def outbox(path, to):
    query = urllib.parse.urlencode({"wait": "10s", "to": to})
    with urllib.request.urlopen(f"{mock}/_mock/outbox/{path}?{query}", timeout=30) as answer:
        return answer.read().decode()


def send():
    Passwordless(domain, web, client_secret=secret).email(email, send="code")


def login():
    return tokens.passwordless_login(email, outbox("code", email).strip(), "email", "openid offline_access", os.environ["AUTH0_AUDIENCE"])


def equal(got, want):
    if got != want:
        raise AssertionError(f"got {got!r}, want {want!r}")


def refused(status, message, run, *args, **kwargs):
    try:
        run(*args, **kwargs)
    except ApiError as e:
        body = e.body if isinstance(e.body, dict) else vars(e.body)
        equal((e.status_code, body.get("message")), (status, message))
    except Auth0Error as e:
        equal((e.status_code, e.message), (status, message))
    else:
        raise AssertionError("it is not refused")


def step(run):
    """Runs a step when it is defined, and says how it went."""
    global failed
    name = run.__name__.replace("_", " ")
    try:
        run()
        print("ok:", name)
    except Exception:
        failed = True
        print("failed:", name)
        traceback.print_exc()


@step
def creates_a_user_who_signs_in_by_code():
    global user
    user = management.users.create(connection="email", email=email, app_metadata={"plan": "free", "seats": 2}).user_id
    refused(409, "The user already exists.", management.users.create, connection="email", email=email)
    send()
    equal(login()["token_type"], "Bearer")


@step
def finds_the_user_by_a_search_and_by_email():
    found = management.users.list(q=f'email:"{email}" AND logins_count:1', search_engine="v3")
    equal([u.user_id for u in found], [user])
    equal([u.user_id for u in management.users.list_users_by_email(email=email)], [user])


@step
def merges_metadata():
    management.users.update(user, app_metadata={"seats": 3, "plan": None}, user_metadata={"lang": "en"})
    changed = management.users.get(user)
    equal((changed.app_metadata, changed.user_metadata), ({"seats": 3}, {"lang": "en"}))


@step
def links_a_second_user_and_unlinks_it():
    second = management.users.create(connection="sms", phone_number="+12025557008").user_id
    provider, bare = second.split("|")
    equal([i.connection for i in management.users.identities.link(user, provider=provider, user_id=bare)], ["email", "sms"])
    refused(404, "The user does not exist.", management.users.get, second)
    equal([i.connection for i in management.users.identities.delete(user, provider, bare)], ["email"])
    management.users.delete(second)


@step
def blocks_the_user_whose_login_is_refused():
    send()
    management.users.update(user, blocked=True)
    refused(401, "user is blocked", login)


@step
def reads_the_log_of_the_login():
    entry = next(e for e in management.users.logs.list(user) if e.type == "s")
    equal((entry.connection, entry.client_id), ("email", web))
    equal(management.logs.get(entry.log_id).user_id, user)


@step
def makes_an_organization_and_invites():
    app = management.clients.create(name="Python shop", initiate_login_uri="https://shop.acme.test/login", organization_usage="allow")
    made = management.organizations.create(name="auth0-python", display_name="Journey")
    management.organizations.members.create(made.id, members=[user])
    equal([o.id for o in management.users.organizations.list(user)], [made.id])
    invitation = management.organizations.invitations.create(made.id, client_id=app.client_id, inviter={"name": "Ada"}, invitee={"email": guest})
    equal(invitation.invitation_url.split("=")[0], "https://shop.acme.test/login?invitation")
    equal(invitation.ticket_id in loads(outbox("latest", guest))["text"], True)
    management.organizations.delete(made.id)
    management.clients.delete(app.client_id)


@step
def deletes_the_user():
    management.users.delete(user)
    refused(404, "The user does not exist.", management.users.get, user)


sys.exit(failed)

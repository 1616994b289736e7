import com.auth0.client.auth.AuthAPI;
import com.auth0.client.auth.PasswordlessEmailType;
import com.auth0.client.mgmt.ManagementApi;
import com.auth0.client.mgmt.core.ManagementApiException;
import com.auth0.client.mgmt.organizations.types.*;
import com.auth0.client.mgmt.types.*;
import com.auth0.client.mgmt.users.types.LinkUserIdentityRequestContent;
import com.auth0.exception.APIException;
import com.auth0.json.auth.TokenHolder;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.StreamSupport;

/**
 * What a back end does with a user, by auth0-java. Each step says "ok: STEP" or "failed: STEP".
 */
class Journey {
    interface Step {
        void run() throws Exception;
    }

    static final String EMAIL = "auth0-java@example.com", GUEST = "auth0-java-guest@example.com";
    static final String DOMAIN = System.getenv("AUTH0_DOMAIN"), WEB = System.getenv("AUTH0_CLIENT_ID");
    static final ManagementApi API = ManagementApi.builder().domain(DOMAIN).clientCredentials("acme-m2m", "acme-m2m-secret").build();
    static final AuthAPI AUTH = AuthAPI.newBuilder(DOMAIN, WEB, System.getenv("AUTH0_CLIENT_SECRET")).build();
    static String user;
    static boolean failed;

    public static void main(String[] args) {
        step("creates a user who signs in by code", () -> {
            var create = CreateUserRequestContent.builder().connection("email").email(EMAIL).appMetadata(Map.of("plan", "free", "seats", 2)).build();
            user = API.users().create(create).getUserId().get();
            refused(409, "The user already exists.", () -> API.users().create(create));
            send();
            equal(login().getTokenType(), "Bearer");
        });
        step("finds the user by a search and by e-mail", () -> {
            var search = ListUsersRequestParameters.builder().q("email:\"" + EMAIL + "\" AND logins_count:1").searchEngine(SearchEngineVersionsEnum.V3).build();
            var found = StreamSupport.stream(API.users().list(search).spliterator(), false).map(u -> u.getUserId().get()).toList();
            equal(found, List.of(user));
            var byEmail = API.users().listUsersByEmail(ListUsersByEmailRequestParameters.builder().email(EMAIL).build());
            equal(byEmail.stream().map(u -> u.getUserId().get()).toList(), List.of(user));
        });
        step("merges metadata", () -> {
            API.users().update(user, UpdateUserRequestContent.builder().appMetadata(Map.of("seats", 3)).userMetadata(Map.of("lang", "en")).build());
            var changed = API.users().get(user);
            equal(changed.getAppMetadata().get(), Map.of("plan", "free", "seats", 3));
            equal(changed.getUserMetadata().get(), Map.of("lang", "en"));
        });
        step("links a second user and unlinks it", () -> {
            var second = API.users().create(CreateUserRequestContent.builder().connection("sms").phoneNumber("+12025557009").build()).getUserId().get();
            var bare = second.substring(second.indexOf('|') + 1);
            var link = LinkUserIdentityRequestContent.builder().provider(UserIdentityProviderEnum.SMS).userId(UserId.of(bare)).build();
            equal(API.users().identities().link(user, link).stream().map(UserIdentity::getConnection).toList(), List.of("email", "sms"));
            refused(404, "The user does not exist.", () -> API.users().get(second));
            var left = API.users().identities().delete(user, UserIdentityProviderEnum.SMS, bare);
            equal(left.stream().map(DeleteUserIdentityResponseContentItem::getConnection).toList(), List.of("email"));
            API.users().delete(second);
        });
        step("blocks the user whose login is refused", () -> {
            send();
            API.users().update(user, UpdateUserRequestContent.builder().blocked(true).build());
            refused(401, "user is blocked", Journey::login);
        });
        step("reads the log of the login", () -> {
            var entry = StreamSupport.stream(API.users().logs().list(user).spliterator(), false).filter(e -> e.getType().get().equals("s")).findFirst().get();
            equal(entry.getConnection().get() + " " + entry.getClientId().get(), "email " + WEB);
            equal(API.logs().get(entry.getLogId().get()).getUserId().get(), user);
        });
        step("makes an organization and invites", () -> {
            var app = API.clients().create(CreateClientRequestContent.builder().name("Java shop").initiateLoginUri("https://shop.acme.test/login")
                .organizationUsage(ClientOrganizationUsageEnum.ALLOW).build()).getClientId().get();
            var made = API.organizations().create(CreateOrganizationRequestContent.builder().name("auth0-java").displayName("Journey").build()).getId().get();
            API.organizations().members().create(made, CreateOrganizationMemberRequestContent.builder().members(List.of(user)).build());
            var of = StreamSupport.stream(API.users().organizations().list(user).spliterator(), false).map(o -> o.getId().get()).toList();
            equal(of, List.of(made));
            var invitation = API.organizations().invitations().create(made, CreateOrganizationInvitationRequestContent.builder()
                .inviter(OrganizationInvitationInviter.builder().name("Ada").build())
                .invitee(OrganizationInvitationInvitee.builder().email(GUEST).build()).clientId(app).build());
            equal(invitation.getInvitationUrl().get().split("=")[0], "https://shop.acme.test/login?invitation");
            equal(outbox("latest", GUEST).contains(invitation.getTicketId().get()), true);
            API.organizations().delete(made);
            API.clients().delete(app);
        });
        step("deletes the user", () -> {
            API.users().delete(user);
            refused(404, "The user does not exist.", () -> API.users().get(user));
        });
        System.exit(failed ? 1 : 0);
    }

    static void step(String name, Step run) {
        try {
            run.run();
            System.out.println("ok: " + name);
        } catch (Exception | AssertionError e) {
            failed = true;
            System.out.println("failed: " + name);
            e.printStackTrace();
        }
    }

    static void send() throws Exception {
        AUTH.startPasswordlessEmailFlow(EMAIL, PasswordlessEmailType.CODE).execute();
    }

    static TokenHolder login() throws Exception {
        return AUTH.exchangePasswordlessOtp(EMAIL, "email", outbox("code", EMAIL).strip().toCharArray())
            .setAudience(System.getenv("AUTH0_AUDIENCE")).setScope("openid offline_access").execute().getBody();
    }

    static String outbox(String path, String to) throws Exception {
        var uri = System.getenv("MOCKAUTH0_URL") + "/_mock/outbox/" + path + "?wait=10s&to=" + URLEncoder.encode(to, StandardCharsets.UTF_8);
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create(uri)).build(), BodyHandlers.ofString()).body();
    }

    static void equal(Object got, Object want) {
        if (!Objects.equals(got, want)) {
            throw new AssertionError("got " + got + ", want " + want);
        }
    }

    static void refused(int status, String message, Step run) throws Exception {
        try {
            run.run();
        } catch (ManagementApiException e) {
            equal(e.statusCode() + " " + ((Map<?, ?>) e.body()).get("message"), status + " " + message);
            return;
        } catch (APIException e) {
            equal(e.getStatusCode() + " " + e.getDescription(), status + " " + message);
            return;
        }
        throw new AssertionError("it is not refused");
    }
}

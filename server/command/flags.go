package command

import (
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
)

const (
	defaultAddr = "localhost:2884"
	defaultURL  = "http://" + defaultAddr

	tenantGroup = "Tenant"
	codesGroup  = "Codes and time"
	httpsGroup  = "https"
	smsGroup    = "SMS"
	mailGroup   = "Mail"
	targetGroup = "Environment"
)

var (
	addrFlag = flag{
		name: "addr", takes: "HOST:PORT", list: true,
		usage: "listen for http and https there; port 0 picks a free one (default " + defaultAddr + ")",
	}
	portFlag = flag{
		name: "port", takes: "N", noTwin: true, // Kubernetes sets MOCKAUTH0_PORT for a service of that name
		usage: "the same as --addr localhost:N; it has no twin in the environment",
	}
	stopWithStdinFlag = flag{
		name:  "stop-with-stdin",
		usage: "stop when the standard input ends: for a program that starts this one, and that may be killed",
	}
	logFlag = flag{
		name: "log", takes: "FORMAT",
		usage: "text, json or none, on stderr (default text on a terminal, else json)",
	}

	fixtureFlag = flag{
		name: "fixture", takes: "NAME|FILE", group: tenantGroup,
		usage: "what the tenant knows: " + strings.Join(fixtures.Names(), ", ") + ", or a file, or an export of Auth0's deploy CLI, each of which is read again when it changes (default " +
			fixtureFile + " if it is in this folder, else default); " + inlineFixture + " takes the YAML itself",
	}
	keywordFlag = flag{
		name: "keyword", takes: "NAME=VALUE", list: true, group: tenantGroup,
		usage: "what ##NAME## and @@NAME@@ stand for in an export of Auth0's deploy CLI; else " + keywordMappings + " and the environment say it",
	}
	nodeFlag = flag{
		name: "node", takes: "PATH", group: tenantGroup,
		usage: "the program that runs the JavaScript Actions of the fixture (default node on the PATH)",
	}
	stateFlag = flag{
		name: "state", takes: "FILE", group: tenantGroup,
		usage: "take users, refresh tokens and changes from FILE at the start, if it is there, and save them a moment after each change and at the end",
	}
	clientFlag = flag{
		name: "client", takes: "ID[:SECRET][@TYPE]", list: true, group: tenantGroup,
		usage: "add a client; TYPE is native, web, spa or m2m (default web with a secret, else native)",
	}
	audienceFlag = flag{
		name: "audience", takes: "URL[=SCOPE,…]", list: true, group: tenantGroup,
		usage: "add an API with these scopes and offline access",
	}
	callbackFlag = flag{
		name: "callback", takes: "URL", list: true, group: tenantGroup,
		usage: "let every client use this callback, log out to it, and call from its origin; loopback needs none",
	}
	scenarioFlag = flag{
		name: "scenario", takes: "NAME|FILE", list: true, group: tenantGroup,
		usage: "switch a failure on: a built-in scenario (mockauth0 scenarios lists them), or a file, which is read again when it changes",
	}
	failOnUnfiredFlag = flag{
		name: "fail-on-unfired", group: tenantGroup,
		usage: "at the end, fail if a scenario that is on did not act, or not as often as it expects",
	}
	issuerFlag = flag{
		name: "issuer", takes: "URL", group: tenantGroup,
		usage: "the iss of every token (default scheme and host of each request)",
	}
	tenantsFlag = flag{
		name: "tenants", takes: "N", group: tenantGroup,
		usage: "serve N tenants: the first, default, at the port of --addr, and w1, w2 and so on at the ports behind it (default 1); POST /_mock/tenants makes more",
	}
	tenantHostFlag = flag{
		name: "tenant-host", takes: "SUFFIX", list: true, group: tenantGroup,
		usage: "find further tenants by their names below this host, too: w3.SUFFIX; w3.localhost needs none",
	}
	trustProxyFlag = flag{
		name: "trust-proxy", group: tenantGroup,
		usage: "believe X-Forwarded-Proto and X-Forwarded-Host",
	}

	seedFlag = flag{
		name: "seed", takes: "TEXT", group: codesGroup,
		usage: "what codes, ids and refresh tokens derive from (default that of the fixture, mockauth0; with keys.files a secret one is drawn)",
	}
	otpFlag = flag{
		name: "otp", takes: "MODE", group: codesGroup,
		usage: "hmac, fixed:000000, sequence:111111,222222 or random (default that of the fixture, hmac)",
	}
	clockFlag = flag{
		name: "clock", takes: "TIME", group: codesGroup,
		usage: "stop the clock there, as in 2030-01-01T00:00:00Z (default it runs)",
	}

	smtpFlag = flag{
		name: "smtp", takes: "HOST:PORT", list: true, group: mailGroup,
		usage: "take mail by SMTP there, into the same outbox (1025 is MailHog's port)",
	}
	mailAPIFlag = flag{
		name: "mail-api", takes: "HOST:PORT", list: true, group: mailGroup,
		usage: "answer MailHog's HTTP API there, over every e-mail of the outbox (8025 is MailHog's port)",
	}
	mailDialectFlag = flag{
		name: "mail-api-dialect", takes: "NAME", group: mailGroup,
		usage: "whose API that is, mailhog or mailpit (default mailhog)",
	}
	smtpRelayFlag = flag{
		name: "smtp-relay", takes: "HOST:PORT", group: mailGroup,
		usage: "pass every e-mail on to a mail server such as Mailpit; if that is down, logins still work",
	}

	twilioFlag = flag{
		name: "twilio", takes: "HOST:PORT", list: true, group: smsGroup,
		usage: "take text messages there as Twilio's REST API does, into the same outbox",
	}
	allowOutboundFlag = flag{
		name: "allow-outbound", takes: "HOST", list: true, group: smsGroup,
		usage: "call the SMS gateways and webhooks of the fixture on this host; those on loopback are called anyway",
	}

	tlsDirFlag = flag{
		name: "tls-dir", takes: "FOLDER", group: httpsGroup,
		usage: "where the certificate authority is kept (default mockauth0/ca in the user's configuration folder)",
	}
	tlsHostFlag = flag{
		name: "tls-host", takes: "NAME", list: true, group: httpsGroup,
		usage: "answer for this name or address, too; localhost, *.localhost and *.test need none",
	}
	tlsCopyFlag = flag{
		name: "tls-ca-copy", takes: "FILE", group: httpsGroup,
		usage: "before it is ready, write the authority's certificate there, too: for other containers, which must not see its key",
	}
	tlsCertFlag = flag{
		name: "tls-cert", takes: "FILE", group: httpsGroup,
		usage: "a certificate of your own, as PEM, with the chain below it",
	}
	tlsKeyFlag = flag{
		name: "tls-key", takes: "FILE", group: httpsGroup,
		usage: "its key, as PEM",
	}

	forFlag = flag{
		name: "for", takes: "SDK", group: targetGroup,
		usage: "use the names that an SDK reads: " + strings.Join(sdkNames(), ", "),
	}
	clientIDFlag = flag{
		name: "client-id", takes: "ID", group: targetGroup,
		usage: "whose id and secret to set (default the first --client, else AUTH0_CLIENT_ID if the fixture has it, else acme-web, else the first with a secret)",
	}
)

// serverFlags are the flags of serve, and of exec but for the address.
func serverFlags() []flag {
	return []flag{
		logFlag,
		fixtureFlag, keywordFlag, nodeFlag, stateFlag, clientFlag, audienceFlag, callbackFlag, scenarioFlag, failOnUnfiredFlag, issuerFlag, tenantsFlag, tenantHostFlag, trustProxyFlag,
		seedFlag, otpFlag, clockFlag,
		smtpFlag, mailAPIFlag, mailDialectFlag, smtpRelayFlag,
		twilioFlag, allowOutboundFlag,
		tlsDirFlag, tlsHostFlag, tlsCopyFlag, tlsCertFlag, tlsKeyFlag,
	}
}

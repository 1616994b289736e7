package command

import (
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/scenarios"
)

// A flag is one flag of a command. Each has a twin in the environment.
type flag struct {
	name  string
	value string // what the help text calls its value; empty: a switch
	list  bool   // it may be given several times
	usage string
	group string          // the heading in the help text
	words func() []string // values that a shell suggests
}

// twin is the variable of the environment that says the same.
func (f flag) twin() string {
	return "MOCKAUTH0_" + strings.ToUpper(strings.ReplaceAll(f.name, "-", "_"))
}

// withTwins are the library's flags, which read the environment of the world.
func withTwins(w World, flags ...flag) []cli.Flag {
	var all []cli.Flag
	for _, f := range flags {
		g := &given{flag: f, world: w}
		all = append(all, &cli.GenericFlag{Name: f.name, Usage: f.usage, Value: g, Sources: cli.NewValueSourceChain(g), Local: true})
	}
	return all
}

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
		name: "addr", value: "HOST:PORT", list: true,
		usage: "listen for http and https there; port 0 picks a free one (default " + defaultAddr + ")",
	}
	logFlag = flag{
		name: "log", value: "FORMAT",
		usage: "text, json or none, on stderr (default text on a terminal, else json)",
		words: func() []string { return []string{"text", "json", "none"} },
	}

	fixtureFlag = flag{
		name: "fixture", value: "NAME|FILE", group: tenantGroup,
		usage: "what the tenant knows: " + strings.Join(fixtures.Names(), ", ") + ", or a file, which is read again when it changes (default " +
			fixtureFile + " if it is in this folder, else default); " + inlineFixture + " takes the YAML itself",
		words: fixtures.Names,
	}
	stateFlag = flag{
		name: "state", value: "FILE", group: tenantGroup,
		usage: "take users and refresh tokens from FILE at the start, if it is there, and save them at the end",
	}
	clientFlag = flag{
		name: "client", value: "ID[:SECRET][@TYPE]", list: true, group: tenantGroup,
		usage: "add a client; TYPE is native, web, spa or m2m (default web with a secret, else native)",
	}
	audienceFlag = flag{
		name: "audience", value: "URL[=SCOPE,…]", list: true, group: tenantGroup,
		usage: "add an API with these scopes and offline access",
	}
	callbackFlag = flag{
		name: "callback", value: "URL", list: true, group: tenantGroup,
		usage: "let every client use this callback, log out to it, and call from its origin; loopback needs none",
	}
	scenarioFlag = flag{
		name: "scenario", value: "NAME|FILE", list: true, group: tenantGroup,
		usage: "switch a failure on: a built-in scenario (mockauth0 scenarios lists them), or a file, which is read again when it changes",
		words: scenarios.Names,
	}
	failOnUnfiredFlag = flag{
		name: "fail-on-unfired", group: tenantGroup,
		usage: "at the end, fail if a scenario that is on did not act, or not as often as it expects",
	}
	issuerFlag = flag{
		name: "issuer", value: "URL", group: tenantGroup,
		usage: "the iss of every token (default scheme and host of each request)",
	}
	trustProxyFlag = flag{
		name: "trust-proxy", group: tenantGroup,
		usage: "believe X-Forwarded-Proto and X-Forwarded-Host",
	}

	seedFlag = flag{
		name: "seed", value: "TEXT", group: codesGroup,
		usage: "what codes, ids and refresh tokens derive from (default that of the fixture, mockauth0)",
	}
	otpFlag = flag{
		name: "otp", value: "MODE", group: codesGroup,
		usage: "hmac, fixed:000000, sequence:111111,222222 or random (default that of the fixture, hmac)",
	}
	clockFlag = flag{
		name: "clock", value: "TIME", group: codesGroup,
		usage: "stop the clock there, as in 2030-01-01T00:00:00Z (default it runs)",
	}

	smtpFlag = flag{
		name: "smtp", value: "HOST:PORT", list: true, group: mailGroup,
		usage: "take mail by SMTP there, into the same outbox (1025 is MailHog's port)",
	}
	mailAPIFlag = flag{
		name: "mail-api", value: "HOST:PORT", list: true, group: mailGroup,
		usage: "answer MailHog's HTTP API there, over every e-mail of the outbox (8025 is MailHog's port)",
	}
	mailDialectFlag = flag{
		name: "mail-api-dialect", value: "NAME", group: mailGroup,
		usage: "whose API that is, mailhog or mailpit (default mailhog)",
		words: func() []string { return []string{"mailhog", "mailpit"} },
	}
	smtpRelayFlag = flag{
		name: "smtp-relay", value: "HOST:PORT", group: mailGroup,
		usage: "pass every e-mail on to a mail server such as Mailpit; if that is down, logins still work",
	}

	twilioFlag = flag{
		name: "twilio", value: "HOST:PORT", list: true, group: smsGroup,
		usage: "take text messages there as Twilio's REST API does, into the same outbox",
	}
	allowOutboundFlag = flag{
		name: "allow-outbound", value: "HOST", list: true, group: smsGroup,
		usage: "call the SMS gateways of the fixture on this host; those on loopback are called anyway",
	}

	tlsDirFlag = flag{
		name: "tls-dir", value: "FOLDER", group: httpsGroup,
		usage: "where the certificate authority is kept (default mockauth0/ca in the user's configuration folder)",
	}
	tlsHostFlag = flag{
		name: "tls-host", value: "NAME", list: true, group: httpsGroup,
		usage: "answer for this name or address, too; localhost, *.localhost and *.test need none",
	}
	tlsCopyFlag = flag{
		name: "tls-ca-copy", value: "FILE", group: httpsGroup,
		usage: "before it is ready, write the authority's certificate there, too: for other containers, which must not see its key",
	}
	tlsCertFlag = flag{
		name: "tls-cert", value: "FILE", group: httpsGroup,
		usage: "a certificate of your own, as PEM, with the chain below it",
	}
	tlsKeyFlag = flag{
		name: "tls-key", value: "FILE", group: httpsGroup,
		usage: "its key, as PEM",
	}

	forFlag = flag{
		name: "for", value: "SDK", group: targetGroup,
		usage: "use the names that an SDK reads: " + strings.Join(sdkNames(), ", "),
		words: sdkNames,
	}
	clientIDFlag = flag{
		name: "client-id", value: "ID", group: targetGroup,
		usage: "whose id and secret to set (default the first --client, else AUTH0_CLIENT_ID if the fixture has it, else acme-web, else the first with a secret)",
	}
)

// serverFlags are the flags of serve, and of exec but for the address.
func serverFlags() []flag {
	return []flag{
		logFlag,
		fixtureFlag, stateFlag, clientFlag, audienceFlag, callbackFlag, scenarioFlag, failOnUnfiredFlag, issuerFlag, trustProxyFlag,
		seedFlag, otpFlag, clockFlag,
		smtpFlag, mailAPIFlag, mailDialectFlag, smtpRelayFlag,
		twilioFlag, allowOutboundFlag,
		tlsDirFlag, tlsHostFlag, tlsCopyFlag, tlsCertFlag, tlsKeyFlag,
	}
}

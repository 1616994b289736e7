package command

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/urfave/cli/v3"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server"
)

var (
	emailFlag      = flag{name: "email", takes: "ADDRESS", usage: "the recipient"}
	phoneFlag      = flag{name: "phone", takes: "NUMBER", usage: "or the recipient's number, as in +12025550101"}
	nFlag          = flag{name: "n", takes: "NUMBER", usage: "which of the recipient's codes, counted from 1 (default 1)"}
	totpFlag       = flag{name: "totp", takes: "USER", usage: "print what the authenticator app of a user of the fixture shows now"}
	connectionFlag = flag{name: "connection", takes: "NAME", usage: "the connection (default the first for e-mail or SMS)"}
)

func otpCommand(w World) *cli.Command {
	return &cli.Command{
		Name:   "otp",
		Usage:  "print the code that a recipient gets, without asking a server",
		Flags:  libraryFlags(w, emailFlag, phoneFlag, nFlag, connectionFlag, totpFlag, fixtureFlag, keywordFlag, seedFlag, otpFlag, clockFlag),
		Action: action(w, 0, runOTP),
	}
}

func runOTP(in *input) error {
	if user := in.text(totpFlag); user != "" {
		return runTOTP(in, user)
	}
	strategy, recipient, err := otpRecipient(in)
	if err != nil {
		return err
	}
	text := cmp.Or(in.text(nFlag), "1")
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 {
		return in.refuse(nFlag, text, "write a whole number, 1 or more")
	}
	config, err := serverConfig(in)
	if err != nil {
		return err
	}
	s, err := newServer(in, config)
	if err != nil {
		return err
	}
	if f := s.Fixture(); f.OTP.Mode == "hmac" && f.DrawsSeed() {
		return fmt.Errorf("the fixture %s has keys.files and no seed, so only the server that drew one knows its codes: give otp.seed or --seed", f.Source)
	}
	connection, err := otpConnection(in, s, strategy)
	if err != nil {
		return err
	}
	code, err := s.PredictOTP(connection, recipient, n)
	if err != nil {
		return in.blame(otpFlag, err)
	}
	return say(in.World, code+"\n")
}

// runTOTP prints the code of a user's authenticator app. The fixture has its secret;
// of an app that was enrolled later, only the server knows it.
func runTOTP(in *input, user string) error {
	config, err := serverConfig(in)
	if err != nil {
		return err
	}
	s, err := newServer(in, config)
	if err != nil {
		return err
	}
	code, _, err := s.TOTP(user)
	if err != nil {
		return in.refuse(totpFlag, user, "%w", err)
	}
	if in.text(emailFlag)+in.text(phoneFlag) != "" {
		return errors.New("otp prints one code: give --totp alone, or --email or --phone")
	}
	return say(in.World, code+"\n")
}

func otpRecipient(in *input) (strategy, recipient string, err error) {
	email, phone := in.text(emailFlag), in.text(phoneFlag)
	var ok bool
	switch {
	case (email == "") == (phone == ""):
		return "", "", errors.New("otp needs one recipient: --email ada@example.com, or --phone +12025550101")
	case email != "":
		if recipient, ok = fixtures.NormalizeEmail(email); !ok {
			return "", "", in.refuse(emailFlag, email, "that is no e-mail address; write one such as ada@example.com")
		}
		return "email", recipient, nil
	}
	if recipient, ok = fixtures.NormalizePhone(phone); !ok {
		return "", "", in.refuse(phoneFlag, phone, "that is no phone number; write one such as +12025550101")
	}
	return "sms", recipient, nil
}

func otpConnection(in *input, s *server.Server, strategy string) (string, error) {
	name := in.text(connectionFlag)
	var names []string
	for _, c := range s.Fixture().Connections {
		if c.Strategy != strategy {
			continue
		}
		if name == "" || c.Name == name {
			return c.Name, nil
		}
		names = append(names, c.Name)
	}
	if len(names) == 0 {
		return "", fmt.Errorf("the fixture %s has no connection of strategy %s; add one to it", s.Fixture().Source, strategy)
	}
	return "", in.refuse(connectionFlag, name, "the fixture has no such connection of strategy %s; it has %s", strategy, strings.Join(names, ", "))
}

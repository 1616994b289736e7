package conformance

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2"

	"github.com/mockauth0/mockauth0/testkit"
)

// oauth2Device begins the login of a device with golang.org/x/oauth2. Its poll waits
// for the tokens, and tells which statuses its polls had. The time is synctest's, so
// nobody waits.
func oauth2Device(t *testing.T) (auth *testkit.Auth0, d *oauth2.DeviceAuthResponse, poll func() (*oauth2.Token, []int, error)) {
	t.Helper()
	auth = testkit.Start(t, testkit.InMemory("login.acme.test"))
	ctx := context.WithValue(t.Context(), oauth2.HTTPClient, auth.Client())
	config := oauth2.Config{
		ClientID: "acme-native", Scopes: []string{"openid", "offline_access"},
		Endpoint: oauth2.Endpoint{DeviceAuthURL: auth.URL() + "/oauth/device/code", TokenURL: auth.URL() + "/oauth/token", AuthStyle: oauth2.AuthStyleInParams},
	}
	d, err := config.DeviceAuth(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if left := time.Until(d.Expiry); left < 899*time.Second || left > 900*time.Second || d.Interval != 5 || d.VerificationURIComplete != auth.URL()+"/activate?user_code="+d.UserCode {
		t.Errorf("the device gets %+v", d)
	}
	return auth, d, func() (*oauth2.Token, []int, error) {
		token, err := config.DeviceAccessToken(ctx, d)
		var statuses []int
		for _, r := range auth.Server().Requests() {
			if r.Path == "/oauth/token" {
				statuses = append(statuses, r.Status)
			}
		}
		return token, statuses, err
	}
}

// golang.org/x/oauth2 waits on at 403 authorization_pending, and longer at 429
// slow_down.
func TestOAuth2PollsADevice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		auth, d, poll := oauth2Device(t)
		time.AfterFunc(12*time.Second, func() { auth.ApproveDevice(t, d.UserCode, "ada@example.com") })
		token, statuses, err := poll()
		if err != nil || !slices.Equal(statuses, []int{403, 403, 200}) {
			t.Fatalf("the polls have %v, %v", statuses, err)
		}
		if token.RefreshToken == "" || token.Extra("id_token") == nil || token.TokenType != "Bearer" || time.Until(token.Expiry) != 86400*time.Second {
			t.Errorf("the token is %+v", token)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		auth, d, poll := oauth2Device(t)
		d.Interval = 1 // sooner than the tenant allows
		time.AfterFunc(3*time.Second, func() { auth.ApproveDevice(t, d.UserCode, "ada@example.com") })
		if _, statuses, err := poll(); err != nil || !slices.Equal(statuses, []int{403, 429, 200}) {
			t.Errorf("the polls have %v, %v", statuses, err)
		}
	})
}

// It ends with Auth0's error if the user denies, and if the codes expire.
func TestOAuth2HasTheErrorsOfADevice(t *testing.T) {
	t.Parallel()
	for code, end := range map[string]func(*testing.T, *testkit.Auth0, *oauth2.DeviceAuthResponse){
		"access_denied": func(t *testing.T, auth *testkit.Auth0, d *oauth2.DeviceAuthResponse) {
			t.Helper()
			auth.DenyDevice(t, d.UserCode)
		},
		"expired_token": func(t *testing.T, auth *testkit.Auth0, d *oauth2.DeviceAuthResponse) {
			t.Helper()
			d.Expiry = time.Time{} // or else it does not ask at all
			auth.Advance(t, 15*time.Minute)
		},
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				auth, d, poll := oauth2Device(t)
				end(t, auth, d)
				_, statuses, err := poll()
				var refused *oauth2.RetrieveError
				if !errors.As(err, &refused) || refused.ErrorCode != code || refused.Response.StatusCode != http.StatusForbidden || len(statuses) != 1 {
					t.Errorf("the polls have %v, %v", statuses, err)
				}
			})
		})
	}
}

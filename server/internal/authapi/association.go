package authapi

import (
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// appleAssociation is the file by which an iPhone learns which apps belong to the
// tenant's domain.
type appleAssociation struct {
	AppLinks struct {
		Apps    []string     `json:"apps"` // always empty, as Apple wants it
		Details []appleLinks `json:"details"`
	} `json:"applinks"`
	WebCredentials struct {
		Apps []string `json:"apps"`
	} `json:"webcredentials"`
}

// appleLinks are the links that open an app.
type appleLinks struct {
	AppID string   `json:"appID"`
	Paths []string `json:"paths"`
}

// AppleAppSiteAssociation is GET /apple-app-site-association: the iOS apps of all
// clients.
//
// Unverified: the member webcredentials, of which Auth0 documents only that apps use
// it (passkey-apis.mdx), and the file of a tenant without apps.
// Source: auth0/docs-v2 enable-universal-links-support-in-apple-xcode.mdx.
func AppleAppSiteAssociation(c *web.Call) (any, error) {
	var file appleAssociation
	file.AppLinks.Apps, file.AppLinks.Details, file.WebCredentials.Apps = []string{}, []appleLinks{}, []string{}
	for i := range c.Setup.Fixture.Clients {
		app := c.Setup.Fixture.Clients[i].Mobile.IOS
		if app.TeamID == "" || app.AppBundleIdentifier == "" {
			hintAtHalf(c, c.Setup.Fixture.Clients[i].ClientID, app.TeamID+app.AppBundleIdentifier, "mobile.ios needs team_id and app_bundle_identifier")
			continue
		}
		id := app.TeamID + "." + app.AppBundleIdentifier
		file.AppLinks.Details = append(file.AppLinks.Details, appleLinks{id, []string{"/ios/" + app.AppBundleIdentifier + "/*"}})
		file.WebCredentials.Apps = append(file.WebCredentials.Apps, id)
	}
	return file, nil
}

// An assetLink says that an Android app may open the links of the tenant's domain.
type assetLink struct {
	Relation []string    `json:"relation"`
	Target   assetTarget `json:"target"`
}

type assetTarget struct {
	Namespace    string   `json:"namespace"`
	PackageName  string   `json:"package_name"`
	Fingerprints []string `json:"sha256_cert_fingerprints"`
}

// AssetLinks is GET /.well-known/assetlinks.json: the Android apps of all clients.
//
// Unverified: the file of a tenant without apps.
// Source: auth0/docs-v2 enable-android-app-links-support.mdx.
func AssetLinks(c *web.Call) (any, error) {
	links := []assetLink{}
	for i := range c.Setup.Fixture.Clients {
		app := c.Setup.Fixture.Clients[i].Mobile.Android
		if app.AppPackageName == "" || len(app.SHA256CertFingerprints) == 0 {
			hintAtHalf(c, c.Setup.Fixture.Clients[i].ClientID, app.AppPackageName, "mobile.android needs app_package_name and sha256_cert_fingerprints")
			continue
		}
		links = append(links, assetLink{
			[]string{"delegate_permission/common.handle_all_urls"},
			assetTarget{"android_app", app.AppPackageName, app.SHA256CertFingerprints},
		})
	}
	return links, nil
}

// hintAtHalf names a client that has a part of what an entry needs.
func hintAtHalf(c *web.Call, client, part, needs string) {
	if part != "" {
		c.Hint("client " + client + " is not in the file: its " + needs)
	}
}

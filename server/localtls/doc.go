// Package localtls lets one port of this machine speak both http and https.
//
// It has three parts. A [CA] is a certificate authority that belongs to one
// machine: it is made once, kept in a folder, and makes a certificate for each
// name that a client asks for. Critical name constraints keep it to names that
// mean this machine, so that trusting it cannot be turned against any other
// site. A [Listener] looks at the first byte of each connection and answers
// TLS or plain accordingly. A [TrustStore] makes an operating system trust the
// CA, and [Advice] tells how to do it for each language runtime.
//
// Unlike Auth0, whose certificates come from a public authority, a client must
// be told to trust this one.
package localtls

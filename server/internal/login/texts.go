package login

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/mockauth0/mockauth0/fixtures"
	"github.com/mockauth0/mockauth0/server/internal/web"
)

// A text is the words of a screen. They are Auth0's, with its variables.
// Source: auth0/docs-v2 customize-text-elements.mdx.
type text struct{ title, heading, description, button string }

// texts are the words of the screens, by Auth0's names.
var texts = map[string]text{
	"login":                             {"Log in", "Welcome", "Log in to ${companyName} to continue to ${clientName}.", "Continue"},
	"login-id":                          {"Log in", "Welcome", "Log in to ${companyName} to continue to ${clientName}.", "Continue"},
	"login-password":                    {"Enter your password to log in", "Enter Your Password", "Enter your password for ${companyName} to continue to ${clientName}", "Continue"},
	"login-passwordless-email-code":     {"Enter your email code to log in", "Verify Your Identity", "We've sent an email with your code to ${email}", "Continue"},
	"login-passwordless-sms-otp":        {"Enter your phone code to log in", "Verify Your Identity", "We've sent a text message to:", "Continue"},
	"email-identifier-challenge":        {"Enter your email code to log in", "Verify Your Identity", "We've sent an email with your code to ${email}", "Continue"},
	"phone-identifier-challenge":        {"Enter your phone code to log in", "Verify Your Identity", "We've sent a text message to:", "Continue"},
	"phone-identifier-challenge, voice": {"Enter your phone code to log in", "Verify Your Identity", "We've sent a 6-digit code via voice phone call to the following phone number:", "Continue"},
	// Auth0's list has no texts for it; those of the documents are the heading and
	// the buttons.
	"confirmation":                           {"Create Your Account", "Create Your Account", "There is no account with this name yet. Create one for ${companyName} to continue to ${clientName}.", "Confirm"},
	"reset-password-request":                 {"Reset your password", "Forgot Your Password?", "Enter your email address and we will send you instructions to reset your password.", "Continue"},
	"reset-password-request, names":          {"Reset your password", "Forgot Your Password?", "Enter your ${names} and we will send you instructions to reset your password.", "Continue"},
	"reset-password-email":                   {"Check your email", "Check Your Email", "Please check the email address ${email} for instructions to reset your password.", "Resend email"},
	"reset-password-email, username":         {"Check your email", "Check Your Email", "Please check the email address associated with the username ${email} for instructions to reset your password.", "Resend email"},
	"reset-password":                         {"Reset your password", "Change Your Password", "Enter a new password below to change your password.", "Reset password"},
	"reset-password-success":                 {"Password reset successful", "Password Changed!", "Your password has been changed successfully.", ""},
	"reset-password-error":                   {"Password reset error", "Please Try Again", "Something went wrong. Please return to the login page and select \"Forgot Your Password\" to try again.", ""},
	"reset-password-error, expired":          {"Password reset error", "Link Expired", "To reset your password, return to the login page and select \"Forgot Your Password\" to send a new email.", ""},
	"reset-password-error, used":             {"Password reset error", "Invalid Link", "This link has already been used. To reset your password, return to the login page and select \"Forgot Your Password\" to send a new email.", ""},
	"login-email-verification":               {"Enter your email code to log in", "Verify Your Email", "We've sent an email with your code to ${email}", "Continue"},
	"email-verification-result":              {"Email verification status", "Email Verified", "Your email address was successfully verified.", ""},
	"email-verification-result, expired":     {"Email verification status", "Error", "This ticket was expired.", ""},
	"email-verification-result, used":        {"Email verification status", "Error", "This ticket was already used.", ""},
	"email-verification-result, verified":    {"Email verification status", "Error", "This account is already verified.", ""},
	"email-verification-result, unknown":     {"Email verification status", "Error", "User account does not exist or the verification code is invalid.", ""},
	"device-code-activation":                 {"Enter your device code to log in", "Device Activation", "Enter the code displayed on your device", "Continue"},
	"device-code-confirmation":               {"Confirm your device code to log in", "Device Confirmation", "Please confirm this is the code displayed on your ${clientName}:", "Confirm"},
	"device-code-activation-allowed":         {"Login successful", "Congratulations, you're all set!", "Your device is now connected.", ""},
	"device-code-activation-denied":          {"Login error", "Activation Denied", "We are not able to activate your device.", ""},
	"brute-force-protection-unblock":         {"Unblock My Account", "Unblock My Account", "", "Continue"},
	"brute-force-protection-unblock-success": {"Unblock My Account", "Account Unblocked", "Your account has been unblocked.", ""},
	"brute-force-protection-unblock-failure": {"Unblock My Account", "Authentication Error", "This link has expired.", ""},
	"accept-invitation":                      {"Accept your invitation to sign up", "You've Been Invited!", "\"${inviterName}\" has invited you (\"${email}\") to join \"${companyName}\" on \"${clientName}\".", "Continue"},
	// Auth0's list has the first three with the name invitationDescription, and the last
	// two without these words.
	"login, invited":                {"Log in", "You've Been Invited!", "Log in to accept ${inviterName}'s invitation to join ${companyName} on ${clientName}.", "Continue"},
	"login-password, invited":       {"Enter your password to log in", "You've Been Invited!", "Log in to accept ${inviterName}'s invitation to join ${companyName} on ${clientName}.", "Continue"},
	"signup, invited":               {"Sign up", "You've Been Invited!", "Sign Up to accept ${inviterName}'s invitation to join ${companyName} on ${clientName}.", "Continue"},
	"login-id, invited":             {"Log in", "You've Been Invited!", "Log in to accept ${inviterName}'s invitation to join ${companyName} on ${clientName}.", "Continue"},
	"signup-id, invited":            {"Sign up", "You've Been Invited!", "Sign Up to accept ${inviterName}'s invitation to join ${companyName} on ${clientName}.", "Continue"},
	"organization-selection":        {"Enter your organization", "Enter Organization", "Enter your ${companyName} Organization Name to continue", "Continue"},
	"organization-selection, email": {"Enter your organization", "Enter Organization", "Enter your email address to continue to ${clientName}.", "Continue"},
	"organization-picker":           {"Choose an Organization", "Choose an Organization", "${userName} is a part of multiple organizations.", ""},
	"organization-picker, personal": {"Choose an Organization", "Choose an Account to Continue", "${userName} is used as a personal account and is a part of multiple organizations.", ""},
	"pre-organization-picker":       {"Choose an Organization", "Choose an Organization", "Several organizations have the domain of your email address.", ""},
	"signup":                        {"Sign up", "Welcome", "Sign Up to ${companyName} to continue to ${clientName}.", "Continue"},
	"signup-password":               {"Create a password to sign up", "Create Your Account", "Set your password for ${companyName} to continue to ${clientName}", "Continue"},
	"signup-id":                     {"Sign up", "Create Your Account", "Sign Up to ${companyName} to continue to ${clientName}.", "Continue"},
}

// fill puts the texts of its screen into a view.
func (v *view) fill(c *web.Call) {
	screen := cmp.Or(v.failed, v.variant, v.Screen)
	if _, ok := texts[screen+", invited"]; ok && v.inviter != "" {
		screen += ", invited"
	}
	t, ok := texts[screen]
	if !ok {
		t = mfaTexts[screen]
	}
	v.words = wordsIn(c, v.Screen, v.language, v.digits,
		"${appName}", appName, "${companyName}", v.Tenant, "${clientName}", v.Client,
		"${email}", v.email, "${userName}", v.who, "${inviterName}", v.inviter, "${characters}", fixtures.UsernameCharacters, "${min}", strconv.Itoa(v.shortest), "${max}", strconv.Itoa(v.longest))
	english := strings.ReplaceAll(t.description, "${names}", v.names)
	v.Title = v.values.Replace(cmp.Or(v.text("pageTitle"), t.title+" | ${clientName}"))
	v.Heading, v.Description, v.Button = v.T(t.heading), v.T(english), v.T(t.button)
}

// EditLabel is what a screen reader says in place of Edit, if the tenant has a text for it.
func (v view) EditLabel() string { return v.text("editLinkScreenReadableText") }

// mistakes are the words for what is wrong with a field, by Auth0's names, which
// pages carry in data-error-code. Unverified: the list of texts has no
// invalid-email-format, whose words are those that public tests of real pages look
// for, and it has no-code for other screens only.
var mistakes = map[string]string{
	"no-email":                     "Please enter an email address",
	"invalid-email-format":         "Email is not valid.",
	"invalid-phone-number":         "Enter a valid phone number",
	"invalid-email-phone":          "Enter a valid email address or phone number. Phone numbers must include the country code.",
	"invalid-email-username":       "Enter a valid email address or username",
	"invalid-phone-username":       "Enter a valid phone number or username. Phone numbers must include the country code.",
	"invalid-email-phone-username": "Enter a valid email address, phone number, or username. Phone numbers must include the country code.",
	"invalid-username":             "Username can only contain alphanumeric characters or: '${characters}'. Username should have between ${min} and ${max} characters.",
	"no-username":                  "Username is required",
	"no-identifier":                "At least one identifier is required",
	"username-taken":               "The username provided is in use already.",
	"no-db-connection":             "Invalid connection",
	"no-code":                      "Please enter a code",
	"invalid-verification-code":    "Code is invalid",
	"invalid-otp-code-format":      "The code must have 6 numeric characters",
	"invalid-code":                 "The code you entered is invalid",
	"login-email-verification, invalid-otp-code-format": "OTP Code must have 6 numeric characters",
	"invalid-expired-code":                              "Invalid or expired user code",
	"too-many-failures":                                 "Too many failed codes. Wait for some minutes before retrying.",
	"invalid-user":                                      "Account not found. Go back and select sign up.",
	"passwordless-authenticator-error":                  "Code could not be sent. Please try again later.",
	"no-password":                                       "Password is required",
	"wrong-credentials":                                 "Wrong username or password",
	"wrong-email-credentials":                           "Wrong email or password",
	"wrong-phone-credentials":                           "Incorrect phone number or password",
	"wrong-username-credentials":                        "Incorrect username or password",
	"wrong-email-username-credentials":                  "Incorrect email address, username, or password",
	"wrong-email-phone-credentials":                     "Incorrect email address, phone number, or password. Phone numbers must include the country code.",
	"wrong-phone-username-credentials":                  "Incorrect phone number, username or password. Phone numbers must include the country code.",
	"wrong-email-phone-username-credentials":            "Incorrect email address, phone number, username, or password. Phone numbers must include the country code.",
	"email-in-use":                                      "The user already exists.",
	"auth0-users-validation":                            "Something went wrong, please try again later",
	"no-password-reset":                                 "Enter a new password.",
	"no-re-enter-password":                              "New password confirmation is missing",
	"password-mismatch":                                 "Passwords don't match",
	"password-too-weak":                                 "The password is too weak",
	"password-too-common":                               "The password is too common",
	"password-previously-used":                          "Password has previously been used",
	"password-contains-user-information":                "Password contains user information",
	"user-blocked":                                      "Your account has been blocked after multiple consecutive login attempts.",
	"invalid-organization":                              "The organization you entered is invalid",
	"invalid-captcha":                                   "Solve the challenge question to verify you are not a robot.",
}

package login

import (
	"cmp"
	"strings"
)

// A text is the words of a screen. They are Auth0's, with its variables.
// Source: auth0/docs-v2 customize-text-elements.mdx.
type text struct{ title, heading, description, button string }

// texts are the words of the screens, by Auth0's names.
var texts = map[string]text{
	"login":                         {"Log in", "Welcome", "Log in to ${companyName} to continue to ${clientName}.", "Continue"},
	"login-id":                      {"Log in", "Welcome", "Log in to ${companyName} to continue to ${clientName}.", "Continue"},
	"login-password":                {"Enter your password to log in", "Enter Your Password", "Enter your password for ${companyName} to continue to ${clientName}", "Continue"},
	"login-passwordless-email-code": {"Enter your email code to log in", "Verify Your Identity", "We've sent an email with your code to ${email}", "Continue"},
	"login-passwordless-sms-otp":    {"Enter your phone code to log in", "Verify Your Identity", "We've sent a text message to:", "Continue"},
	"reset-password-request":        {"Reset your password", "Forgot Your Password?", "Enter your email address and we will send you instructions to reset your password.", "Continue"},
	"reset-password-email":          {"Check your email", "Check Your Email", "Please check the email address ${email} for instructions to reset your password.", "Resend email"},
	"reset-password":                {"Reset your password", "Change Your Password", "Enter a new password below to change your password.", "Reset password"},
	"reset-password-success":        {"Password reset successful", "Password Changed!", "Your password has been changed successfully.", ""},
	"reset-password-error":          {"Password reset error", "Please Try Again", "Something went wrong. Please return to the login page and select \"Forgot Your Password\" to try again.", ""},
	"reset-password-error, expired": {"Password reset error", "Link Expired", "To reset your password, return to the login page and select \"Forgot Your Password\" to send a new email.", ""},
	"reset-password-error, used":    {"Password reset error", "Invalid Link", "This link has already been used. To reset your password, return to the login page and select \"Forgot Your Password\" to send a new email.", ""},
	"signup":                        {"Sign up", "Welcome", "Sign Up to ${companyName} to continue to ${clientName}.", "Continue"},
	"signup-password":               {"Create a password to sign up", "Create Your Account", "Set your password for ${companyName} to continue to ${clientName}", "Continue"},
	"signup-id":                     {"Sign up", "Create Your Account", "Sign Up to ${companyName} to continue to ${clientName}.", "Continue"},
	"mfa-login-options":             {"List of other login methods", "Other Methods", "", ""},
	"mfa-begin-enroll-options":      {"Add another authentication method", "Keep Your Account Safe", "Add another authentication method.", ""},
	"mfa-otp-challenge":             {"Enter your one-time password to log in", "Verify Your Identity", "Check your preferred one-time password application for a code.", "Continue"},
	"mfa-otp-enrollment-qr":         {"Scan the code to log in using a one-time password", "Secure Your Account", "Scan the QR Code below using your preferred authenticator app and then enter the provided one-time code below.", "Continue"},
	"mfa-otp-enrollment-code":       {"Copy the code to log in using a one-time password", "Secure Your Account", "Manually enter the following code into your preferred authenticator app and then enter the provided one-time code below.", "Continue"},
	"mfa-sms-challenge":             {"Enter your phone code to log in", "Verify Your Identity", "We've sent a text message to:", "Continue"},
	"mfa-sms-enrollment":            {"Enter your phone number to log in using a text message", "Secure Your Account", "Enter your phone number below. An SMS will be sent to that number with a code to enter on the next screen.", "Continue"},
	"mfa-sms-list":                  {"List of available phone numbers", "Enrolled Phone Numbers", "", ""},
	"mfa-voice-challenge":           {"Enter your phone code to log in", "Verify Your Identity", "We've sent a 6-digit code via voice phone call to the following phone number:", "Continue"},
	"mfa-voice-enrollment":          {"Enter your phone number to log in using a phone code", "Secure Your Account", "Enter your phone number below. A voice call will be placed on that number with a code to enter on the next screen.", "Continue"},
	"mfa-phone-challenge":           {"Use your phone number to log in", "Verify Your Identity", "We will send a 6-digit code to the following phone number:", "Continue"},
	"mfa-phone-enrollment":          {"Enter your phone number to log in using a phone code", "Secure Your Account", "Enter your country code and phone number to which we can send a 6-digit code:", "Continue"},
	"mfa-email-challenge":           {"Enter your email code to log in", "Verify Your Identity", "We've sent an email with your code to", "Continue"},
	"mfa-email-list":                {"List of available email addresses", "Enrolled Email Addresses", "", ""},
	"mfa-push-welcome":              {"Install the application", "Secure Your Account", "In order to continue, install the ${appName} app via the app store from your mobile device.", "Continue"},
	"mfa-push-enrollment-qr":        {"Scan the code to log in using a push notification", "Secure Your Account", "Scan the QR Code below using the ${appName} app on your mobile device.", "Continue"},
	"mfa-push-challenge-push":       {"Accept the push notification to log in", "Verify Your Identity", "We’ve sent a notification to the following device via the ${appName} app:", "I've responded on my device"},
	"mfa-push-list":                 {"List of available devices", "Registered Devices", "", ""},
	"mfa-recovery-code-challenge":   {"Enter your recovery code to log in", "Verify Your Identity", "Enter the recovery code you were provided during your initial enrollment.", "Continue"},
	"mfa-recovery-code-enrollment":  {"Copy your recovery code for safe keeping", "Almost There!", "Copy this recovery code and keep it somewhere safe. You’ll need it if you ever need to log in without your device.", "Continue"},
	"status":                        {"Something Went Wrong", "Something Went Wrong", "Two-factor authentication is required to access this application. To enable this, please contact your system administrator.", ""},
}

// fill puts the values of the variables into the words of the view's screen.
func (v *view) fill() {
	t := texts[cmp.Or(v.failed, v.Screen)]
	variables := strings.NewReplacer("${companyName}", v.Tenant, "${clientName}", v.Client, "${email}", v.email, "${appName}", appName)
	v.Title, v.Heading, v.Description, v.Button = t.title, t.heading, variables.Replace(t.description), t.button
}

// words are those for what is wrong, by Auth0's name. Some screens have their own.
func (v *view) words(code string) string {
	own := mistakes[v.Screen+", "+code]
	return strings.ReplaceAll(cmp.Or(own, mistakes[code]), "${appName}", appName)
}

// mistakes are the words for what is wrong with a field, by Auth0's names, which
// pages carry in data-error-code. Unverified: the list of texts has no
// invalid-email-format, whose words are those that public tests of real pages look
// for, and it has no-code for other screens only.
var mistakes = map[string]string{
	"no-email":                            "Please enter an email address",
	"invalid-email-format":                "Email is not valid.",
	"invalid-phone-number":                "Enter a valid phone number",
	"invalid-email-phone":                 "Enter a valid email address or phone number. Phone numbers must include the country code.",
	"no-db-connection":                    "Invalid connection",
	"no-code":                             "Please enter a code",
	"invalid-verification-code":           "Code is invalid",
	"passwordless-authenticator-error":    "Code could not be sent. Please try again later.",
	"no-password":                         "Password is required",
	"wrong-email-credentials":             "Wrong email or password",
	"email-in-use":                        "The user already exists.",
	"auth0-users-validation":              "Something went wrong, please try again later",
	"no-password-reset":                   "Enter a new password.",
	"no-re-enter-password":                "New password confirmation is missing",
	"password-mismatch":                   "Passwords don't match",
	"user-blocked":                        "Your account has been blocked after multiple consecutive login attempts.",
	"invalid-code":                        "The code you entered is invalid",
	"invalid-otp-code-format":             "OTP Code must have 6 numeric characters",
	"invalid-code-format":                 "Recovery code must have 24 alphanumeric characters",
	"too-many-failures":                   "Too many failed codes. Wait for some minutes before retrying.",
	"too-many-sms":                        "You have exceeded the maximum number of phone messages per hour. Wait a few minutes and try again.",
	"too-many-voice":                      "You have exceeded the maximum number of phone messages per hour. Wait a few minutes and try again.",
	"too-many-email":                      "You have exceeded the amount of emails. Wait a few minutes and try again.",
	"transaction-not-found":               "Your enrollment transaction expired, you will need to start again.",
	"transaction-rejected":                "Notification rejected",
	"challenge-transaction-pending":       "You must accept the notification via the ${appName} app on your mobile device.",
	"enrollment-transaction-pending":      "You must scan the QR code with the ${appName} app on your mobile device.",
	"polling-interval-exceeded":           "We have not received a confirmation, please slow down.",
	"no-confirmation":                     "Please confirm you have recorded the code",
	"no-phone":                            "Please enter a phone number",
	"invalid-phone":                       "It seems that your phone number is not valid. Please check and retry.",
	"mfa-sms-enrollment, invalid-phone":   "Seems that your phone number is not valid. Please check and retry.",
	"mfa-voice-enrollment, invalid-phone": "Seems that your phone number is not valid. Please check and retry.",
	"invalid-phone-format":                "Phone number can only include digits.",
}

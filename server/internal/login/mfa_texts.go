package login

import (
	"cmp"
	"strings"
)

// mfaTexts are the words of the screens of a second factor.
// Source: auth0/docs-v2 customize-text-elements.mdx.
var mfaTexts = map[string]text{
	"mfa-login-options":            {"List of other login methods", "Other Methods", "", ""},
	"mfa-begin-enroll-options":     {"Add another authentication method", "Keep Your Account Safe", "Add another authentication method.", ""},
	"mfa-otp-challenge":            {"Enter your one-time password to log in", "Verify Your Identity", "Check your preferred one-time password application for a code.", "Continue"},
	"mfa-otp-enrollment-qr":        {"Scan the code to log in using a one-time password", "Secure Your Account", "Scan the QR Code below using your preferred authenticator app and then enter the provided one-time code below.", "Continue"},
	"mfa-otp-enrollment-code":      {"Copy the code to log in using a one-time password", "Secure Your Account", "Manually enter the following code into your preferred authenticator app and then enter the provided one-time code below.", "Continue"},
	"mfa-sms-challenge":            {"Enter your phone code to log in", "Verify Your Identity", "We've sent a text message to:", "Continue"},
	"mfa-sms-enrollment":           {"Enter your phone number to log in using a text message", "Secure Your Account", "Enter your phone number below. An SMS will be sent to that number with a code to enter on the next screen.", "Continue"},
	"mfa-sms-list":                 {"List of available phone numbers", "Enrolled Phone Numbers", "", ""},
	"mfa-voice-challenge":          {"Enter your phone code to log in", "Verify Your Identity", "We've sent a 6-digit code via voice phone call to the following phone number:", "Continue"},
	"mfa-voice-enrollment":         {"Enter your phone number to log in using a phone code", "Secure Your Account", "Enter your phone number below. A voice call will be placed on that number with a code to enter on the next screen.", "Continue"},
	"mfa-phone-challenge":          {"Use your phone number to log in", "Verify Your Identity", "We will send a 6-digit code to the following phone number:", "Continue"},
	"mfa-phone-enrollment":         {"Enter your phone number to log in using a phone code", "Secure Your Account", "Enter your country code and phone number to which we can send a 6-digit code:", "Continue"},
	"mfa-email-challenge":          {"Enter your email code to log in", "Verify Your Identity", "We've sent an email with your code to", "Continue"},
	"mfa-email-list":               {"List of available email addresses", "Enrolled Email Addresses", "", ""},
	"mfa-push-welcome":             {"Install the application", "Secure Your Account", "In order to continue, install the ${appName} app via the app store from your mobile device.", "Continue"},
	"mfa-push-enrollment-qr":       {"Scan the code to log in using a push notification", "Secure Your Account", "Scan the QR Code below using the ${appName} app on your mobile device.", "Continue"},
	"mfa-push-challenge-push":      {"Accept the push notification to log in", "Verify Your Identity", "We’ve sent a notification to the following device via the ${appName} app:", "I've responded on my device"},
	"mfa-push-list":                {"List of available devices", "Registered Devices", "", ""},
	"mfa-recovery-code-challenge":  {"Enter your recovery code to log in", "Verify Your Identity", "Enter the recovery code you were provided during your initial enrollment.", "Continue"},
	"mfa-recovery-code-enrollment": {"Copy your recovery code for safe keeping", "Almost There!", "Copy this recovery code and keep it somewhere safe. You’ll need it if you ever need to log in without your device.", "Continue"},
	"mfa-enroll-result":            {"MFA enrollment status", "You're All Set!", "You have successfully added a new authentication factor.", ""},
	"mfa-enroll-result, unknown":   {"MFA enrollment status", "Invalid Link", "This link is invalid or expired.", ""},
	"mfa-enroll-result, expired":   {"MFA enrollment status", "Expired Link", "This link is expired.", ""},
	"mfa-enroll-result, used":      {"MFA enrollment status", "Already used", "This link has already been used. Please get a new link to enroll with Multi-factor Authentication.", ""},
	"mfa-enroll-result, enrolled":  {"MFA enrollment status", "Two-factor Verification has Already Been Enabled.", "", ""},
	"mfa-enroll-result, nothing":   {"MFA enrollment status", "Something Went Wrong", "", ""},
	"status":                       {"Something Went Wrong", "Something Went Wrong", "Two-factor authentication is required to access this application. To enable this, please contact your system administrator.", ""},
}

// mfaMistakes are the words for what is wrong on them. Some screens have their own.
var mfaMistakes = map[string]string{
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

// wordsFor are the words for what is wrong, by Auth0's name for it.
func (v *view) wordsFor(code string) string {
	words := cmp.Or(mistakes[v.Screen+", "+code], mistakes[code])
	if strings.HasPrefix(v.Screen, "mfa-") {
		words = cmp.Or(mfaMistakes[v.Screen+", "+code], mfaMistakes[code], words)
	}
	return words
}
